// ui/icon.tsx - line icons, drawn on a 24 px grid.
const PATHS = {
  dashboard: 'M4 13h6V4H4zM14 20h6V11h-6zM4 20h6v-3H4zM14 7h6V4h-6z',
  alert: 'M12 4 2.8 19.5h18.4zM12 10v4M12 17h.01',
  activity: 'M3 12h4l3-8 4 16 3-8h4',
  users: 'M9 11a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7zM2.5 20c.5-3.6 3-5.5 6.5-5.5s6 1.9 6.5 5.5M16 4.5a3.5 3.5 0 0 1 0 6.5M18 14.8c2 .7 3.2 2.5 3.5 5.2',
  user: 'M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM4.5 20c.6-3.8 3.4-5.8 7.5-5.8s6.9 2 7.5 5.8',
  computer: 'M4 5h16v11H4zM9 20h6M12 16v4',
  posture: 'M12 3l8 3v6c0 4.6-3.3 7.8-8 9-4.7-1.2-8-4.4-8-9V6zM8.5 12l2.5 2.5 4.5-5',
  apps: 'M7 18a4 4 0 0 1-.5-7.970A6 6 0 0 1 18 9.5 4.3 4.3 0 0 1 17.5 18z',
  policy: 'M6 3h9l4 4v14H6zM14.5 3v4.5H19M9.5 12h6M9.5 16h6',
  template: 'M4 4h16v5H4zM4 13h7v7H4zM15 13h5v7h-5z',
  log: 'M8 6h12M8 12h12M8 18h12M4 6h.01M4 12h.01M4 18h.01',
  cog: 'M12 15.2a3.2 3.2 0 1 0 0-6.4 3.2 3.2 0 0 0 0 6.4zM19.4 13.5l1.8 1.4-2 3.4-2.1-.8a7.5 7.5 0 0 1-2.2 1.3L14.5 21h-5l-.4-2.2a7.5 7.5 0 0 1-2.2-1.3l-2.1.8-2-3.4 1.8-1.4a7.3 7.3 0 0 1 0-3L2.8 9.1l2-3.4 2.1.8a7.5 7.5 0 0 1 2.2-1.3L9.5 3h5l.4 2.2a7.5 7.5 0 0 1 2.2 1.3l2.1-.8 2 3.4-1.8 1.4a7.3 7.3 0 0 1 0 3z',
  search: 'M11 18a7 7 0 1 0 0-14 7 7 0 0 0 0 14zM16 16l4.5 4.5',
  close: 'M6 6l12 12M18 6 6 18',
  check: 'M5 12.5l4.5 4.5L19 7.5',
  down: 'M6 9l6 6 6-6',
  up: 'M6 15l6-6 6 6',
  left: 'M15 6l-6 6 6 6',
  right: 'M9 6l6 6-6 6',
  plus: 'M12 5v14M5 12h14',
  download: 'M12 4v11M7.5 11 12 15.5 16.5 11M4 20h16',
  upload: 'M12 16V5M7.5 9 12 4.5 16.5 9M4 20h16',
  more: 'M5 12h.01M12 12h.01M19 12h.01',
  filter: 'M4 5h16l-6.5 8v6l-3-1.5V13z',
  save: 'M5 4h11l3 3v13H5zM8 4v5h7V4M8 20v-6h8v6',
  link: 'M10 14a4 4 0 0 0 5.7 0l3-3A4 4 0 0 0 13 5.3l-1 1M14 10a4 4 0 0 0-5.7 0l-3 3A4 4 0 0 0 11 18.7l1-1',
  lock: 'M6 11h12v9H6zM8.5 11V8a3.5 3.5 0 0 1 7 0v3',
  clock: 'M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18zM12 7v5l3.5 2',
  sun: 'M12 16a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM12 2.5v2M12 19.5v2M4.2 4.2l1.4 1.4M18.4 18.4l1.4 1.4M2.5 12h2M19.5 12h2M4.2 19.8l1.4-1.4M18.4 5.6l1.4-1.4',
  moon: 'M20 14.5A8.5 8.5 0 0 1 9.5 4a8.5 8.5 0 1 0 10.5 10.5z',
  auto: 'M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18zM12 3v18',
  copy: 'M8 8h12v12H8zM16 8V4H4v12h4',
  out: 'M14 4h6v6M20 4l-9 9M18 14v6H4V6h6',
  trash: 'M4 7h16M9 7V4h6v3M6 7l1 13h10l1-13M10 11v5M14 11v5',
  edit: 'M4 20l1-4.5L16 4.5l3.5 3.5L8.5 19zM13.5 7l3.5 3.5',
  key: 'M8 16a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM12 12h9M18 12v4',
  server: 'M4 4h16v7H4zM4 13h16v7H4zM7.5 7.5h.01M7.5 16.5h.01',
  device: 'M4 5h16v10H4zM2 19h20',
  globe: 'M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18zM3.5 12h17M12 3c2.5 2.6 3.7 5.6 3.7 9s-1.2 6.4-3.7 9c-2.5-2.6-3.7-5.6-3.7-9S9.5 5.6 12 3z',
  group: 'M12 10a3 3 0 1 0 0-6 3 3 0 0 0 0 6zM5.5 20a3 3 0 1 0 0-6 3 3 0 0 0 0 6zM18.5 20a3 3 0 1 0 0-6 3 3 0 0 0 0 6zM12 10v3M8 15.5l2-2M16 15.5l-2-2',
  file: 'M6 3h8l4 4v14H6zM14 3v4h4',
  refresh: 'M20 5v5h-5M4 19v-5h5M19 10a7.5 7.5 0 0 0-13-3L4 9M5 14a7.5 7.5 0 0 0 13 3l2-2',
  help: 'M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18zM9.5 9.5a2.5 2.5 0 1 1 3.5 2.3c-.7.3-1 .8-1 1.7M12 16.5h.01',
  sum: 'M17 5H7l5.5 7L7 19h10',
  bell: 'M6 16V11a6 6 0 0 1 12 0v5l1.5 2h-15zM10 20.5h4',
  history: 'M4 5v5h5M4.5 10a8 8 0 1 1-.5 3.5M12 8v4.5l3 2',
} as const;

export type IconName = keyof typeof PATHS;

export function Icon({ name, tiny }: { name: IconName; tiny?: boolean }) {
  return <svg class={tiny ? 'icon tiny' : 'icon'} viewBox="0 0 24 24" aria-hidden="true"><path d={PATHS[name]} /></svg>;
}

export const iconPath = (name: IconName): string => PATHS[name];

/** The mark: an eye whose lid is a horizon. */
export function Mark() {
  return (
    <svg viewBox="0 0 32 32" aria-hidden="true">
      <rect width="32" height="32" rx="8" fill="#2152c4" />
      <path d="M5 17c3-5 6.7-7.5 11-7.5S24 12 27 17c-3 4.3-6.7 6.5-11 6.5S8 21.3 5 17z" fill="none" stroke="#fff" stroke-width="2.2" stroke-linejoin="round" />
      <circle cx="16" cy="16.5" r="3.6" fill="#fff" />
    </svg>
  );
}
