// api.ts - the client of docs/api.md: one function per verb, errors as sentences, sign-in lost as one event.

import { language } from './texts';

const BASE = '/api/vigie/v1/';

export interface Failed { id: string; text: string; todo: string }
export interface ErrorBody { detail?: string; needsCode?: boolean; setup?: boolean; singleSignOn?: string; failed?: Failed[] }

export class ApiError extends Error {
  constructor(readonly status: number, readonly body: ErrorBody, readonly retryAfter: number | null) {
    super(body.detail || `HTTP ${status}`);
  }
}

let csrf = '';
let onSignedOut: () => void = () => {};

export function setCsrf(value: string) { csrf = value; }
export function whenSignedOut(handler: () => void) { onSignedOut = handler; }

async function send(method: string, path: string, body?: unknown, signal?: AbortSignal): Promise<Response> {
  const headers: Record<string, string> = { Accept: 'application/json', 'Accept-Language': language };
  if (method !== 'GET') headers['X-Vigie-CSRF'] = csrf;
  const raw = body instanceof Blob;
  if (body !== undefined) headers['Content-Type'] = raw ? 'application/octet-stream' : 'application/json';
  const payload = body === undefined ? undefined : raw ? body : JSON.stringify(body);
  const url = path.startsWith('/') ? path : BASE + path;
  const response = await fetch(url, { method, headers, body: payload, signal, credentials: 'same-origin', cache: 'no-store' });
  if (response.ok) return response;
  const parsed: ErrorBody = await response.json().catch(() => ({}));
  if (response.status === 401 && path !== 'session') onSignedOut();
  const wait = response.headers.get('Retry-After');
  throw new ApiError(response.status, parsed, wait === null ? null : Number(wait));
}

async function json<T>(response: Response): Promise<T> {
  const text = await response.text();
  return (text === '' ? {} : JSON.parse(text)) as T;
}

export async function get<T>(path: string, signal?: AbortSignal): Promise<T> { return json<T>(await send('GET', path, undefined, signal)); }
export async function post<T = unknown>(path: string, body: unknown = {}, signal?: AbortSignal): Promise<T> {
  return json<T>(await send('POST', path, body, signal));
}
export async function put<T = unknown>(path: string, body: unknown = {}): Promise<T> { return json<T>(await send('PUT', path, body)); }
export async function del<T = unknown>(path: string, body?: unknown): Promise<T> { return json<T>(await send('DELETE', path, body)); }

/** Saves an answer as a file, under the name that the server gives it. */
export async function download(method: 'GET' | 'POST', path: string, body?: unknown): Promise<void> {
  const response = await send(method, path, body);
  const named = /filename="?([^";]+)"?/.exec(response.headers.get('Content-Disposition') ?? '');
  const link = document.createElement('a');
  link.href = URL.createObjectURL(await response.blob());
  link.download = named?.[1] ?? path.replace(/[^a-z0-9]+/gi, '-');
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

/** Query string of what is set. */
export function query(params: Record<string, string | number | boolean | undefined | null>): string {
  const set = new URLSearchParams();
  for (const [name, value] of Object.entries(params)) if (value !== undefined && value !== null && value !== '') set.set(name, String(value));
  const text = set.toString();
  return text ? `?${text}` : '';
}
