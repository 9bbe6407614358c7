/** The window's icons: 16 px, drawn with the colour of their text, and silent to a screen reader. */
import type { ReactNode, SVGProps } from "react";

/** `directed`: points on in the direction of reading, and is mirrored with it. */
function icon(paths: ReactNode, directed = false) {
  return function Icon({ size = 16, className = "", ...props }: SVGProps<SVGSVGElement> & { size?: number }) {
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
        className={directed ? `directed ${className}` : className || undefined}
        {...props}
      >
        {paths}
      </svg>
    );
  };
}

export const IconProblem = icon(<><path d="M5.2 1.5h5.6l3.7 3.7v5.6l-3.7 3.7H5.2l-3.7-3.7V5.2z" /><path d="M8 4.8v3.7M8 11.2v.1" /></>);
export const IconWarning = icon(<><path d="M8 1.8 15 14H1z" /><path d="M8 6.2v3.6M8 11.9v.1" /></>);
export const IconNote = icon(<><circle cx="8" cy="8" r="6.3" /><path d="M8 7.3v3.9M8 4.8v.1" /></>);
export const IconCheck = icon(<path d="m2.5 8.5 3.5 3.7 7.5-8.4" />);
export const IconCross = icon(<path d="m3.5 3.5 9 9m0-9-9 9" />);
export const IconUndo = icon(<path d="M5.5 2.5 2.5 5.5l3 3M3 5.5h6.2a4 4 0 0 1 0 8H6" />);
export const IconRedo = icon(<path d="m10.5 2.5 3 3-3 3M13 5.5H6.8a4 4 0 0 0 0 8H10" />);
export const IconSun = icon(<><circle cx="8" cy="8" r="3" /><path d="M8 1v1.3M8 13.7V15M1 8h1.3M13.7 8H15M3 3l.9.9M12.1 12.1l.9.9M13 3l-.9.9M3.9 12.1l-.9.9" /></>);
export const IconMoon = icon(<path d="M13.8 9.7A6.2 6.2 0 0 1 6.3 2.2a6.2 6.2 0 1 0 7.5 7.5z" />);
export const IconScreen = icon(<><rect x="1.5" y="2.5" width="13" height="9" rx="1" /><path d="M5.5 14h5" /></>);
export const IconArrow = icon(<path d="M2 8h12M9.5 3.5 14 8l-4.5 4.5" />, true);
export const IconChevron = icon(<path d="m6 3.5 4.5 4.5L6 12.5" />, true);
export const IconPlus = icon(<path d="M8 2.5v11M2.5 8h11" />);
export const IconFolder = icon(<path d="M1.5 13V3.5h4.3l1.7 2h7V13z" />);
export const IconFile = icon(<path d="M3 14.5v-13h6.5L13 5v9.5zM9.3 1.7V5.2H13" />);
export const IconDatabase = icon(<><ellipse cx="8" cy="3.7" rx="5.5" ry="2.2" /><path d="M2.5 3.7v8.6c0 1.2 2.5 2.2 5.5 2.2s5.5-1 5.5-2.2V3.7M2.5 8c0 1.2 2.5 2.2 5.5 2.2s5.5-1 5.5-2.2" /></>);
export const IconHistory = icon(<><path d="M2 3v3h3" /><path d="M2.3 6A6.2 6.2 0 1 1 1.8 8.6" /><path d="M8 4.8V8l2.3 1.7" /></>);
export const IconPause = icon(<path d="M5 3v10M11 3v10" />);
export const IconPlay = icon(<path d="M4 2.5 13 8l-9 5.5z" />);
export const IconStop = icon(<rect x="3" y="3" width="10" height="10" rx="1" />);
export const IconCopy = icon(<><rect x="5.5" y="5.5" width="9" height="9" rx="1" /><path d="M10.5 5.5v-4h-9v9h4" /></>);
export const IconSave = icon(<path d="M8 1.8v8.4M4.3 6.8 8 10.4l3.7-3.6M2 13.8h12" />);
export const IconMore = icon(<path d="M3 8h.1M8 8h.1M13 8h.1" strokeWidth={2.4} />);
export const IconName = icon(<path d="M2.5 13.5 3 10.8l8-8 2.2 2.2-8 8zM9.6 4.2l2.2 2.2" />);
export const IconVersions = icon(<><rect x="5.5" y="5.5" width="9" height="9" rx="1" /><path d="M3.5 12.5v-9h9M1.5 10.5v-9h9" /></>);
export const IconRefresh = icon(<path d="M13.8 6.3A6.2 6.2 0 1 0 14 9.5M14 2.5v4h-4" />);
export const IconRollback = icon(<path d="M6 3 2 7l4 4M2.3 7H14v6" />);
