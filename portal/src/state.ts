// state.ts - what all pages share: who is signed in, what that account may do, loading, notices.
import { createContext } from 'preact';
import { useCallback, useContext, useEffect, useRef, useState } from 'preact/hooks';
import { ApiError } from './api';
import type { Session } from './model';
import { t } from './texts';

export interface Shared { session: Session; reload: () => Promise<void> }
export const SessionContext = createContext<Shared | null>(null);

export function useSession(): Shared {
  const shared = useContext(SessionContext);
  if (!shared) throw new Error('no session');
  return shared;
}

/** Undefined when the account has the right, else the sentence that says what is missing. */
export function useDenied(right: string): string | undefined {
  const { session } = useSession();
  return session.account.rights.includes(right) ? undefined : t.denied(t.rights[right] ?? right, t.roleName[session.account.role] ?? session.account.roleName);
}

export const problem = (e: unknown): string => (e instanceof ApiError ? e.message : e instanceof TypeError ? t.unreachable : String(e));

export interface Loaded<T> { data: T | undefined; error: ApiError | Error | undefined; loading: boolean; reload: () => void }

/** Loads when the key changes; keeps what was there until the new answer comes. `every`: again after so many milliseconds. */
export function useLoad<T>(load: (signal: AbortSignal) => Promise<T>, key: unknown, every?: number | ((data: T | undefined) => number | null)): Loaded<T> {
  const [state, set] = useState<{ data?: T; error?: Error; loading: boolean; key: string }>({ loading: true, key: '' });
  const [turn, again] = useState(0);
  const call = useRef(load);
  call.current = load;
  const text = JSON.stringify(key);
  useEffect(() => {
    const abort = new AbortController();
    let timer = 0;
    const run = () => {
      call.current(abort.signal).then(
        (data) => {
          set({ data, loading: false, key: text });
          const wait = typeof every === 'function' ? every(data) : every;
          if (wait) timer = window.setTimeout(run, wait);
        },
        (error: Error) => {
          if (abort.signal.aborted) return;
          set((old) => ({ data: old.key === text ? old.data : undefined, error, loading: false, key: text }));
          const wait = typeof every === 'function' ? every(undefined) : every;
          if (wait) timer = window.setTimeout(run, wait);
        });
    };
    set((old) => ({ ...old, error: undefined, loading: true }));
    run();
    return () => { abort.abort(); clearTimeout(timer); };
  }, [text, turn]);
  const reload = useCallback(() => again((n) => n + 1), []);
  return { data: state.data, error: state.error, loading: state.loading, reload };
}

/** Waits until typing has paused. */
export function usePaused<T>(value: T, ms = 250): T {
  const [paused, set] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => set(value), ms);
    return () => clearTimeout(timer);
  }, [value, ms]);
  return paused;
}

export interface Notice { id: number; text: string; bad: boolean }
type Watcher = (notices: Notice[]) => void;
let notices: Notice[] = [];
let watcher: Watcher = () => {};
let last = 0;
export function watchNotices(w: Watcher) { watcher = w; }
export function dropNotice(id: number) { notices = notices.filter((n) => n.id !== id); watcher(notices); }
export function notify(text: string, bad = false) {
  const id = ++last;
  notices = [...notices.slice(-2), { id, text, bad }];
  watcher(notices);
  setTimeout(() => dropNotice(id), bad ? 10_000 : 5_000);
}

/** Runs an action; says how it went. True when it went well. */
export async function attempt(action: () => Promise<unknown>, done?: string): Promise<boolean> {
  try {
    await action();
    if (done) notify(done);
    return true;
  } catch (e) {
    notify(problem(e), true);
    return false;
  }
}

export type Theme = 'auto' | 'light' | 'dark';
export function theme(): Theme {
  const kept = localStorage.getItem('theme');
  return kept === 'light' || kept === 'dark' ? kept : 'auto';
}
export function setTheme(next: Theme) {
  if (next === 'auto') { localStorage.removeItem('theme'); delete document.documentElement.dataset['theme']; }
  else { localStorage.setItem('theme', next); document.documentElement.dataset['theme'] = next; }
  dispatchEvent(new Event('themechange'));
}
