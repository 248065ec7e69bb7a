// format.ts - numbers, times and sizes in the language of the portal.
import { language, t } from './texts';

const cache = new Map<string, Intl.NumberFormat | Intl.DateTimeFormat | Intl.RelativeTimeFormat>();
function kept<T extends Intl.NumberFormat | Intl.DateTimeFormat | Intl.RelativeTimeFormat>(name: string, make: () => T): T {
  const key = `${language} ${name}`;
  let found = cache.get(key) as T | undefined;
  if (!found) cache.set(key, (found = make()));
  return found;
}
/** British dates in English: day before month, 24 hours, as analysts across countries read them. */
const locale = () => (language === 'en' ? 'en-GB' : 'fr-FR');

export const number = (n: number) => kept('n', () => new Intl.NumberFormat(locale())).format(n);
export const short = (n: number) => (n < 10_000 ? number(n) : kept('s', () => new Intl.NumberFormat(locale(), { notation: 'compact', maximumFractionDigits: 1 })).format(n));
export const percent = (x: number) => kept('p', () => new Intl.NumberFormat(locale(), { style: 'percent', maximumFractionDigits: 0 })).format(x);

/** A percentile, rounded down: nobody is higher than everybody. */
export const higherThan = (percentile: number) => percent(Math.floor(percentile) / 100);

const dated = (name: string, options: Intl.DateTimeFormatOptions) => (time: string | number | Date | null | undefined): string => {
  if (time === null || time === undefined || time === '') return t.none;
  const date = new Date(time);
  return Number.isNaN(date.getTime()) ? String(time) : kept(name, () => new Intl.DateTimeFormat(locale(), options)).format(date);
};
export const dateTime = dated('dt', { dateStyle: 'medium', timeStyle: 'medium' });
export const dateMinute = dated('dm', { dateStyle: 'medium', timeStyle: 'short' });
export const date = dated('d', { dateStyle: 'medium' });
export const clock = dated('c', { timeStyle: 'medium' });
/** A calendar day of the server (UTC), "2026-11-24". */
export const day = dated('day', { day: 'numeric', month: 'short', timeZone: 'UTC' });
export const weekday = dated('wd', { weekday: 'short', day: 'numeric', month: 'short', timeZone: 'UTC' });

export function ago(time: string | null | undefined, now = Date.now()): string {
  if (!time) return t.never;
  const seconds = (new Date(time).getTime() - now) / 1000;
  const units: [Intl.RelativeTimeFormatUnit, number][] = [['day', 86400], ['hour', 3600], ['minute', 60]];
  const format = kept('r', () => new Intl.RelativeTimeFormat(locale(), { numeric: 'auto' }));
  if (Math.abs(seconds) > 30 * 86400) return date(time);
  for (const [unit, size] of units) if (Math.abs(seconds) >= size) return format.format(Math.round(seconds / size), unit);
  return t.justNow;
}

export function duration(seconds: number): string {
  const s = Math.max(0, Math.round(seconds));
  if (s < 60) return t.seconds(s);
  if (s < 3600) return t.minutes(Math.round(s / 60));
  if (s < 86400) return t.hours(Math.round(s / 3600));
  return t.days(Math.round(s / 86400));
}

export function bytes(n: number): string {
  const units = t.byteUnits;
  let i = 0;
  let x = n;
  while (x >= 1000 && i < units.length - 1) { x /= 1000; i++; }
  return `${kept('b', () => new Intl.NumberFormat(locale(), { maximumFractionDigits: 1 })).format(x)}\u00a0${units[i]}`;
}

export const upper = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);
export const initials = (name: string) => name.replace(/^.*\\/, '').split(/[\s._-]+/).filter(Boolean).slice(0, 2).map((w) => w.charAt(0).toUpperCase()).join('') || '?';
