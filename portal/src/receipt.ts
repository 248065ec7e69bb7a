// receipt.ts - do the parts of a score add up to what is shown?
import type { Part, Receipt } from './model';

export interface Sum { total: number; agrees: boolean }

/** The sum of the parts, made here and not taken from the server, against the score that the page shows. */
export function addUp(receipt: Receipt, shown: number): Sum {
  const total = receipt.parts.reduce((sum, part) => sum + part.points, 0);
  return { total, agrees: total === shown && total === receipt.score && total === receipt.sum };
}

/** The badge beside the text says already that it is an alert. */
export const withoutKind = (kind: string, text: string) => (kind === 'alert' ? text.replace(/^(alert: |alerte : )/, '') : text);

/** Largest first; equal ones newest first. */
export function inOrder(parts: Part[]): Part[] {
  return [...parts].sort((a, b) => b.points - a.points || b.time.localeCompare(a.time));
}
