/** Small line drawings, 20 by 20. They decorate: the words beside them carry the meaning. */
const paths = {
  export: ['M10 3v9', 'M6.5 6.5 10 3l3.5 3.5', 'M4 12v4h12v-4'],
  import: ['M10 3v9', 'M6.5 8.5 10 12l3.5-3.5', 'M4 12v4h12v-4'],
  refresh: ['M16 10a6 6 0 1 1-1.8-4.3', 'M16 3v3.4h-3.4'],
  check: ['M4.5 10.5 8.3 14.3 15.5 6.2'],
  warning: ['M10 3.2 17.6 16.5H2.4Z', 'M10 8v4', 'M10 14.2v.1'],
  failed: ['M10 2.8a7.2 7.2 0 1 1 0 14.4 7.2 7.2 0 0 1 0-14.4', 'M7.6 7.6l4.8 4.8', 'M12.4 7.6l-4.8 4.8'],
  close: ['M5.5 5.5l9 9', 'M14.5 5.5l-9 9'],
  plus: ['M10 4.5v11', 'M4.5 10h11'],
  file: ['M5 2.8h6.5L15 6.3v10.9H5Z', 'M11.2 3v3.6h3.6'],
  folder: ['M2.8 5.2h5l1.6 2h7.8v8.4H2.8Z'],
  key: ['M6.6 7.2a3.4 3.4 0 1 1 0 6.8 3.4 3.4 0 0 1 0-6.8', 'M9.6 9.4 16.6 5', 'M14.2 6.6l1.6 2.4'],
  server: ['M3.5 3.8h13v5h-13Z', 'M3.5 11.2h13v5h-13Z', 'M6.3 6.3v.1', 'M6.3 13.7v.1'],
  sample: ['M10 2.8l1.9 5.3 5.3 1.9-5.3 1.9L10 17.2l-1.9-5.3L2.8 10l5.3-1.9Z'],
  clock: ['M10 2.8a7.2 7.2 0 1 1 0 14.4 7.2 7.2 0 0 1 0-14.4', 'M10 6v4.3l2.9 1.8'],
  restore: ['M4 10a6 6 0 1 0 1.8-4.3', 'M4 3v3.4h3.4', 'M10 6.8V10l2.3 1.5'],
  undo: ['M7 4.2 3.5 7.6 7 11', 'M3.8 7.6h7.4a4.3 4.3 0 0 1 0 8.6H7.4'],
  pin: ['M7.3 3h5.4l-.6 5 2.7 2.7v1.5H5.2v-1.5l2.7-2.7Z', 'M10 12.2v4.8'],
  shield: ['M10 2.6 16 4.8v4.8c0 3.8-2.4 6.4-6 7.8-3.6-1.4-6-4-6-7.8V4.8Z'],
  compare: ['M6.5 4v12', 'M3.5 7l3-3 3 3', 'M13.5 16V4', 'M10.5 13l3 3 3-3'],
  copy: ['M7 6.8h9.5v10H7Z', 'M13 6.5V3.2H3.5v10h3.2'],
  more: ['M4.5 10v.1', 'M10 10v.1', 'M15.5 10v.1'],
  back: ['M12 5.5 7.5 10l4.5 4.5'],
  down: ['M5.5 8 10 12.5 14.5 8'],
  history: ['M4.2 5.5h11.6', 'M4.2 10h11.6', 'M4.2 14.5h7'],
  skipped: ['M4.5 5.5 10 10l-5.5 4.5Z', 'M10.5 5.5 16 10l-5.5 4.5Z'],
  search: ['M9 3.8a5.2 5.2 0 1 1 0 10.4A5.2 5.2 0 0 1 9 3.8', 'M13 13l3.6 3.6'],
} as const;

export type IconName = keyof typeof paths;

export function Icon({ name }: { readonly name: IconName }) {
  return (
    <svg class="icon" viewBox="0 0 20 20" aria-hidden="true" focusable="false">
      {paths[name].map((d) => (
        <path key={d} d={d} />
      ))}
    </svg>
  );
}

/** The keep: a tower whose gate is a check mark. */
export function Mark() {
  return (
    <svg class="mark" viewBox="0 0 32 32" aria-hidden="true" focusable="false">
      <path
        class="mark-tower"
        d="M5 4h5v4h3.5V4h5v4H22V4h5v12.5c0 6.2-4.4 9.7-11 11.9C9.400 26.200 5 22.700 5 16.500Z"
      />
      <path class="mark-check" d="M10.500 16.600 14.600 20.700 21.800 12.800" />
    </svg>
  );
}
