// words.ts - words of the API in the words of the reader.
import type { Severity, Party } from './model';
import { upper } from './format';
import { t } from './texts';

export const SEVERITIES: Severity[] = ['high', 'medium', 'low', 'informational'];
/** Numbers of the compatible API. */
export const SEVERITY_NUMBER: Record<Severity, number> = { low: 0, medium: 1, high: 2, informational: 3 };
export const CATEGORIES = ['reconnaissance', 'compromised credential', 'lateral movement', 'domain dominance', 'exfiltration', 'threat detection', 'privileged accounts'];

/** Kinds that the catalogue does not know come from the app itself and stay as they are. */
export const kindText = (kind: string) => upper(t.kinds[kind] ?? kind);
export const partyText = (party: Party | null | undefined) => party?.label ?? t.none;
export const placeText = (place: { city?: string | null; countryName?: string | null; country?: string | null } | null | undefined) =>
  [place?.city, place?.countryName ?? place?.country].filter(Boolean).join(', ') || t.none;
