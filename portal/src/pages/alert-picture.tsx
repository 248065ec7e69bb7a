// pages/alert-picture.tsx - who did what to whom: source > domain controller > target, as a drawing.
import type { Alert, Party } from '../model';
import { t } from '../texts';
import { iconPath, type IconName } from '../ui/icon';
import { columnsOf } from '../picture';

const GLYPH: Record<string, IconName> = { account: 'user', user: 'user', device: 'device', computer: 'device', ip: 'globe', service: 'server', country: 'globe', file: 'file', group: 'group' };
const WIDTH = 780, BOX = 208, ROW = 64;

const short = (text: string) => (text.length > 25 ? `${text.slice(0, 24)}…` : text);

function Node({ party, x, y, kind }: { party: Party; x: number; y: number; kind: string }) {
  const certainty = party.certainty !== null && party.certainty !== undefined && party.certainty < 100 ? t.alert.certainty(party.certainty) : null;
  return (
    <g>
      <title>{[party.label, certainty].filter(Boolean).join(', ')}</title>
      <rect class={`node ${kind}`} x={x} y={y} width={BOX} height={52} rx={8} />
      <svg x={x + 12} y={y + 15} width={22} height={22} viewBox="0 0 24 24"><path class="glyph" d={iconPath(GLYPH[party.type] ?? 'server')} /></svg>
      <text x={x + 44} y={y + 23}>{short(party.label)}</text>
      <text class="muted" x={x + 44} y={y + 40}>{certainty ?? t.partyType[party.type] ?? party.type}</text>
    </g>
  );
}

export function Picture({ alert }: { alert: Alert }) {
  const columns = columnsOf(alert);
  const tall = Math.max(...columns.map((c) => c.parties.length));
  const height = 28 + tall * ROW;
  const gap = columns.length > 1 ? (WIDTH - columns.length * BOX) / (columns.length - 1) : 0;
  const xs = columns.map((_, i) => (columns.length === 1 ? (WIDTH - BOX) / 2 : i * (BOX + gap)));
  const top = (i: number) => 28 + ((tall - (columns[i]?.parties.length ?? 0)) * ROW) / 2;
  const middle = 28 + (tall * ROW) / 2 - 8;
  return (
    <svg class="picture" viewBox={`0 0 ${WIDTH} ${height}`} role="img" aria-label={columns.map((c) => `${t.alert.column[c.kind]}: ${c.parties.map((p) => p.label).join(', ')}`).join('; ')}>
      {columns.map((c, i) => <text key={`h${i}`} class="muted" x={xs[i]} y={14}>{t.alert.column[c.kind]}</text>)}
      {columns.slice(1).map((_, i) => {
        const from = (xs[i] ?? 0) + BOX + 6, to = (xs[i + 1] ?? 0) - 6;
        return <g key={`e${i}`}><path class="edge" d={`M${from} ${middle}H${to - 8}`} /><path class="arrow" d={`M${to} ${middle}l-10 -5v10z`} /></g>;
      })}
      {columns.map((c, i) => c.parties.map((p, j) => <Node key={`${i}.${j}`} party={p} kind={c.kind} x={xs[i] ?? 0} y={top(i) + j * ROW} />))}
    </svg>
  );
}
