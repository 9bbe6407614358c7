/** The mark of Rowferry: rows on a boat. */
export function Mark({ size = 20 }: { size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 20 20" aria-hidden="true" focusable="false">
      <g fill="var(--mantine-primary-color-filled)">
        <rect x="5" y="2" width="10" height="2.5" rx="1" />
        <rect x="5" y="5.5" width="10" height="2.5" rx="1" />
        <rect x="5" y="9" width="10" height="2.5" rx="1" />
        <path d="M1 12.5h18l-2.6 4.3a2.5 2.5 0 0 1-2.1 1.2H5.7a2.5 2.5 0 0 1-2.1-1.2z" />
      </g>
    </svg>
  );
}
