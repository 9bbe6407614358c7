/** The mapper's own icons: 14 px, silent to a screen reader because words stand beside them. */
import type { ReactNode } from "react";

function icon(paths: ReactNode) {
  return function Icon({ size = 14 }: { size?: number }) {
    return (
      <svg
        width={size}
        height={size}
        viewBox="0 0 16 16"
        fill="none"
        stroke="currentColor"
        strokeWidth={1.5}
        strokeLinecap="round"
        strokeLinejoin="round"
        aria-hidden="true"
        focusable="false"
        style={{ flexShrink: 0 }}
      >
        {paths}
      </svg>
    );
  };
}

export const IconTable = icon(<><rect x="2" y="3" width="12" height="10" rx="1" /><path d="M2 6.5h12M6.5 6.5V13" /></>);
export const IconView = icon(<><path d="M1.5 8S4 3.8 8 3.8 14.5 8 14.5 8 12 12.2 8 12.2 1.5 8 1.5 8z" /><circle cx="8" cy="8" r="1.8" /></>);
export const IconKey = icon(<><circle cx="5" cy="8" r="2.8" /><path d="M7.8 8H14v2.5M11.3 8v2" /></>);
export const IconForeign = icon(<><path d="M6.5 9.5a2.8 2.8 0 0 0 4 0l2.2-2.2a2.8 2.8 0 1 0-4-4L7.9 4.1" /><path d="M9.5 6.5a2.8 2.8 0 0 0-4 0L3.3 8.7a2.8 2.8 0 1 0 4 4l.8-.8" /></>);
export const IconSpark = icon(<path d="M8 1.8 9.6 6.4 14.2 8 9.6 9.6 8 14.2 6.4 9.6 1.8 8l4.6-1.6z" />);
export const IconLink = icon(<><circle cx="3.2" cy="8" r="1.7" /><circle cx="12.8" cy="8" r="1.7" /><path d="M5 8h6" /></>);
export const IconFunction = icon(<path d="M11.5 2.7c-2.3-.8-3.2.4-3.5 2.3L6.9 11c-.4 1.9-1.3 3.1-3.5 2.3M5.5 6.7h5" />);
export const IconSkip = icon(<><circle cx="8" cy="8" r="6" /><path d="m3.9 12.1 8.2-8.2" /></>);
export const IconSearch = icon(<><circle cx="7" cy="7" r="4.5" /><path d="m10.5 10.5 3.5 3.5" /></>);
export const IconKeyboard = icon(<><rect x="1" y="4" width="14" height="8.5" rx="1" /><path d="M4 7h.1M6.7 7h.1M9.4 7h.1M12 7h.1M5 9.8h6" /></>);
export const IconJump = icon(<path d="M2.5 5h9.5M9 2l3 3-3 3M13.5 11H4m3-3-3 3 3 3" />);
export const IconPlus = icon(<path d="M8 3v10M3 8h10" />);
export const IconRemove = icon(<path d="m4 4 8 8M12 4l-8 8" />);
export const IconGrip = icon(<path d="M6 4h.1M10 4h.1M6 8h.1M10 8h.1M6 12h.1M10 12h.1" strokeWidth={2} />);
export const IconSplit = icon(<path d="M2 8h4l3-4h5M6 8l3 4h5" />);
export const IconValues = icon(<><path d="M2 13.5h12" /><path d="M4 11V7M8 11V3M12 11V5.5" /></>);
