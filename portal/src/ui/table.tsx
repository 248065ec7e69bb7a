// ui/table.tsx - rows with sorting, selection, paging and the keyboard: arrows move, Enter opens.
import type { ComponentChildren, TargetedKeyboardEvent, TargetedMouseEvent } from 'preact';
import { number } from '../format';
import { t } from '../texts';
import { Button } from './basic';
import { Icon } from './icon';

export interface Column<T> { id: string; head: ComponentChildren; cell: (row: T) => ComponentChildren; sort?: string; right?: boolean; width?: string }
export interface Sort { by: string; down: boolean }

interface TableProps<T> {
  columns: Column<T>[]; rows: T[]; keyOf: (row: T) => string; label: string; onOpen?: (row: T) => void; openKey?: string | null; unread?: (row: T) => boolean;
  sort?: Sort; onSort?: (sort: Sort) => void; selected?: Set<string>; onSelect?: (keys: Set<string>) => void;
}

function moveFocus(e: TargetedKeyboardEvent<HTMLTableRowElement>, open: () => void) {
  if (e.target !== e.currentTarget) return;
  const to = e.key === 'ArrowDown' ? e.currentTarget.nextElementSibling : e.key === 'ArrowUp' ? e.currentTarget.previousElementSibling : null;
  if (to instanceof HTMLElement) { to.focus(); e.preventDefault(); }
  if (e.key === 'Enter') open();
}

function Head<T>({ column, sort, onSort }: { column: Column<T>; sort?: Sort; onSort?: (s: Sort) => void }) {
  const by = column.sort;
  if (!by || !onSort) return <th class={column.right ? 'right' : ''} style={{ width: column.width }}>{column.head}</th>;
  const now = sort?.by === by;
  return (
    <th class={column.right ? 'right' : ''} style={{ width: column.width }} aria-sort={now ? (sort.down ? 'descending' : 'ascending') : 'none'}>
      <button type="button" onClick={() => onSort({ by, down: now ? !sort.down : true })}>{column.head}{now && <Icon tiny name={sort.down ? 'down' : 'up'} />}</button>
    </th>
  );
}

export function Table<T>(p: TableProps<T>) {
  const { selected, onSelect } = p;
  const keys = p.rows.map(p.keyOf);
  const all = keys.length > 0 && keys.every((k) => selected?.has(k));
  const toggle = (key: string) => {
    const next = new Set(selected);
    if (!next.delete(key)) next.add(key);
    onSelect?.(next);
  };
  const row = (r: T, i: number) => {
    const key = keys[i] as string;
    const open = () => p.onOpen?.(r);
    const click = (e: TargetedMouseEvent<HTMLTableRowElement>) => {
      if (!(e.target as Element).closest('a,button,input,label') && !getSelection()?.toString()) open();
    };
    return (
      <tr key={key} class={[p.onOpen && 'open', p.unread?.(r) && 'unread'].filter(Boolean).join(' ')} tabIndex={p.onOpen ? 0 : undefined} aria-selected={p.openKey === key || selected?.has(key) || undefined}
        onClick={p.onOpen && click} onKeyDown={p.onOpen && ((e) => moveFocus(e, open))}>
        {selected && <td class="check-cell"><input type="checkbox" aria-label={t.select} checked={selected.has(key)} onChange={() => toggle(key)} /></td>}
        {p.columns.map((c) => <td key={c.id} class={c.right ? 'right num' : ''}>{c.cell(r)}</td>)}
      </tr>
    );
  };
  return (
    <div class="table-wrap">
      <table aria-label={p.label}>
        <thead><tr>
          {selected && <th class="check-cell"><input type="checkbox" aria-label={t.selectAll} checked={all} onChange={() => onSelect?.(new Set(all ? [] : keys))} /></th>}
          {p.columns.map((c) => <Head key={c.id} column={c} sort={p.sort} onSort={p.onSort} />)}
        </tr></thead>
        <tbody>{p.rows.map(row)}</tbody>
      </table>
    </div>
  );
}

export const PAGE = 50;

export function Pager({ skip, shown, total, more, hasNext, onSkip, size = PAGE }: { skip: number; shown: number; total?: number; more?: boolean; hasNext?: boolean; onSkip: (skip: number) => void; size?: number }) {
  const next = hasNext ?? (total !== undefined && skip + shown < total);
  if (!shown && !skip) return null;
  return (
    <div class="pager">
      <span class="grow num">{t.range(number(skip + 1), number(skip + shown), total === undefined ? undefined : number(total) + (more ? '+' : ''))}</span>
      <Button compact icon="left" label={t.previous} disabled={skip === 0} onClick={() => onSkip(Math.max(0, skip - size))} />
      <Button compact icon="right" label={t.next} disabled={!next} onClick={() => onSkip(skip + size)} />
    </div>
  );
}
