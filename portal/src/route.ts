// route.ts - where we are: the part behind '#', as path and parameters. Every state worth sharing is in it.
import { useEffect, useState } from 'preact/hooks';
import type { Filters } from './model';

export interface Route { path: string[]; params: URLSearchParams }

export function parse(hash: string): Route {
  const text = hash.replace(/^#\/?/, '');
  const mark = text.indexOf('?');
  const path = (mark < 0 ? text : text.slice(0, mark)).split('/').filter(Boolean).map(decodeURIComponent);
  return { path, params: new URLSearchParams(mark < 0 ? '' : text.slice(mark + 1)) };
}

type Values = Record<string, string | number | boolean | null | undefined>;

export function href(path: string, params: Values = {}): string {
  const set = new URLSearchParams();
  for (const [name, value] of Object.entries(params)) if (value !== null && value !== undefined && value !== '') set.set(name, String(value));
  const text = set.toString();
  return `#/${path}${text ? `?${text}` : ''}`;
}

export function go(path: string, params: Values = {}, replace = false) {
  const to = href(path, params);
  if (to === location.hash) return;
  if (replace) {
    history.replaceState(null, '', to);
    dispatchEvent(new HashChangeEvent('hashchange'));
  } else location.hash = to;
}

/** Changes some parameters of the page that is open; null removes one. */
export function change(values: Values, replace = false) {
  const { path, params } = parse(location.hash);
  const all: Values = Object.fromEntries(params);
  go(path.map(encodeURIComponent).join('/'), { ...all, ...values }, replace);
}

export function useRoute(): Route {
  const [route, set] = useState(() => parse(location.hash));
  useEffect(() => {
    const update = () => set(parse(location.hash));
    addEventListener('hashchange', update);
    return () => removeEventListener('hashchange', update);
  }, []);
  return route;
}

export const filterText = (filters: Filters): string | null => (Object.keys(filters).length ? JSON.stringify(filters) : null);

export function filterOf(params: URLSearchParams, otherwise: Filters = {}): Filters {
  const text = params.get('f');
  if (text === null) return otherwise;
  try {
    const parsed: unknown = JSON.parse(text);
    return parsed && typeof parsed === 'object' && !Array.isArray(parsed) ? (parsed as Filters) : otherwise;
  } catch {
    return otherwise;
  }
}
