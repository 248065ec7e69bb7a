// picture.ts - which party of an alert stands in which column of its picture.
import type { Alert, Party } from './model';

export type ColumnKind = 'source' | 'controller' | 'target';
export interface PictureColumn { kind: ColumnKind; parties: Party[] }

const MOST = 4;
const key = (p: Party) => `${p.type}:${p.label.toLowerCase()}`;
const isMachine = (p: Party) => p.type === 'device' || p.type === 'computer';

function distinct(parties: (Party | null | undefined)[]): Party[] {
  const seen = new Map<string, Party>();
  for (const p of parties) if (p && p.label && !seen.has(key(p))) seen.set(key(p), p);
  return [...seen.values()];
}

/** On premises what is attacked is asked for at a domain controller: a destination computer stands between
 * source and targets when there are other targets, or is the target itself. */
export function columnsOf(alert: Alert): PictureColumn[] {
  const role = (p: Party) => (p.role ?? '').toLowerCase();
  const all = alert.parties ?? [];
  const source = distinct([...all.filter((p) => role(p) === 'source' && !isMachine(p)), alert.source, ...all.filter((p) => role(p) === 'source')]);
  const used = new Set(source.map(key));
  const rest = distinct([alert.destination, ...all]).filter((p) => !used.has(key(p)));
  const targets = rest.filter((p) => ['target', 'destination', 'resource', 'object', 'member', 'group'].includes(role(p)) || p === alert.destination);
  const controllers = alert.shore === 'onprem' ? targets.filter(isMachine) : [];
  // Accounts that the alert concerns without being its source are whom it was done to.
  const accounts = rest.filter((p) => (p.type === 'account' || p.type === 'user') && !targets.includes(p));
  const known = new Set(all.concat(source).map((p) => p.entity).filter(Boolean));
  const users = (alert.users ?? []).filter((u) => !known.has(u.id)).map((u): Party => ({ type: 'account', label: u.name, entity: u.id }));
  const others = distinct([...targets.filter((p) => !controllers.includes(p)), ...accounts, ...users.filter((u) => !used.has(key(u)))]);
  const columns: PictureColumn[] = [{ kind: 'source', parties: source.slice(0, MOST) }];
  if (controllers.length && others.length) columns.push({ kind: 'controller', parties: controllers.slice(0, MOST) }, { kind: 'target', parties: others.slice(0, MOST) });
  else if (others.length || targets.length) columns.push({ kind: 'target', parties: (others.length ? others : targets).slice(0, MOST) });
  else if (alert.app) columns.push({ kind: 'target', parties: [{ type: 'service', label: alert.app.name }] });
  return columns.filter((c) => c.parties.length > 0);
}
