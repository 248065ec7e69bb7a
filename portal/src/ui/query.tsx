// ui/query.tsx - the visual query: rows of field, operator and values, joined by "and".
import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { get, query } from '../api';
import { clausesOf, filtersOf, isSingle, VALUELESS, type Clause } from '../filter';
import type { FieldInfo, Filters, List, Suggestion } from '../model';
import { usePaused } from '../state';
import { t } from '../texts';
import { kindText } from '../words';
import { Button } from './basic';
import { Input, Select } from './form';
import { Icon } from './icon';

const fieldText = (name: string) => t.field[name] ?? name;
const valueText = (field: FieldInfo, value: string) => {
  if (field.name === 'actionType') return kindText(value);
  const known = field.values?.find((v) => String(v.value) === value);
  return t.filterValue[`${field.name}=${value}`] ?? known?.label ?? value;
};

/** Suggestions: the field's own list when it has one, else the server's. */
function useSuggestions(field: FieldInfo, typed: string, on: boolean): Suggestion[] {
  const asked = usePaused(typed, 150);
  const [found, set] = useState<Suggestion[]>([]);
  useEffect(() => {
    if (!on || field.values?.length) return;
    const abort = new AbortController();
    get<List<Suggestion>>(`suggest${query({ field: field.name, q: asked })}`, abort.signal).then((r) => set(r.data), () => set([]));
    return () => abort.abort();
  }, [field.name, asked, on]);
  return useMemo(() => {
    if (!field.values?.length) return found;
    const low = typed.toLowerCase();
    return field.values.map((v) => ({ value: String(v.value), label: valueText(field, String(v.value)) })).filter((v) => v.label.toLowerCase().includes(low) || v.value.toLowerCase().includes(low)).slice(0, 60);
  }, [field, found, typed]);
}

function Values({ field, values, onChange }: { field: FieldInfo; values: string[]; onChange: (v: string[]) => void }) {
  const [typed, setTyped] = useState('');
  const [open, setOpen] = useState(false);
  const [at, setAt] = useState(-1);
  const [names, setNames] = useState<Record<string, string>>({});
  const input = useRef<HTMLInputElement>(null);
  const offered = useSuggestions(field, typed, open).filter((s) => !values.includes(s.value));
  const add = (s: Suggestion) => {
    setNames({ ...names, [s.value]: s.label ?? s.value });
    onChange([...values, s.value]);
    setTyped('');
    setAt(-1);
    input.current?.focus();
  };
  const key = (e: KeyboardEvent) => {
    if (e.key === 'ArrowDown' || e.key === 'ArrowUp') { setOpen(true); setAt(Math.max(-1, Math.min(offered.length - 1, at + (e.key === 'ArrowDown' ? 1 : -1)))); e.preventDefault(); }
    else if (e.key === 'Enter') { e.preventDefault(); const s = offered[at]; if (s) add(s); else if (typed.trim()) add({ value: typed.trim() }); }
    else if (e.key === 'Backspace' && !typed) onChange(values.slice(0, -1));
    else if (e.key === 'Escape' && open) { e.stopPropagation(); setOpen(false); }
  };
  const leave = () => setTimeout(() => { setOpen(false); if (input.current?.value.trim() && document.activeElement !== input.current) add({ value: input.current.value.trim() }); }, 150);
  return (
    <div class="values">
      {values.map((v) => <span key={v} class="chip">{names[v] ?? valueText(field, v)}<button type="button" aria-label={t.remove} onClick={() => onChange(values.filter((x) => x !== v))}><Icon tiny name="close" /></button></span>)}
      <input ref={input} value={typed} role="combobox" aria-expanded={open && offered.length > 0} aria-label={t.query.value(fieldText(field.name))} placeholder={values.length ? '' : t.query.choose}
        onInput={(e) => { setTyped(e.currentTarget.value); setOpen(true); setAt(-1); }} onFocus={() => setOpen(true)} onBlur={leave} onKeyDown={key} />
      {open && offered.length > 0 && (
        <ul class="suggestions" role="listbox">
          {offered.map((s, i) => <li key={s.value} role="option" aria-selected={i === at} onPointerDown={(e) => { e.preventDefault(); add(s); }}>{s.label ?? s.value}{s.about && <span class="muted small"> {s.about}</span>}</li>)}
        </ul>
      )}
    </div>
  );
}

const localTime = (ms: string) => {
  if (!ms || !Number.isFinite(Number(ms))) return '';
  const d = new Date(Number(ms));
  return new Date(d.getTime() - d.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
};
const msOf = (text: string) => (text ? String(new Date(text).getTime()) : '');

function Time({ value, label, onChange }: { value: string; label: string; onChange: (v: string) => void }) {
  return <Input compact type="datetime-local" value={localTime(value)} aria-label={label} onChange={(v) => onChange(msOf(v))} />;
}

function Value({ field, clause, onChange }: { field: FieldInfo; clause: Clause; onChange: (v: string[]) => void }) {
  if (VALUELESS.has(clause.op)) return null;
  const first = clause.values[0] ?? '';
  if (field.type === 'bool') return <Select compact label={fieldText(field.name)} value={first === 'true' || first === '1' ? 'true' : 'false'} options={[['true', t.yes], ['false', t.no]]} onChange={(v) => onChange([v])} />;
  if (clause.op === 'range') {
    const [from = '', to = ''] = first.split('..');
    if (field.type !== 'time') return <Input compact value={first} placeholder="1..9" onChange={(v) => onChange([v])} />;
    return <div class="row"><Time value={from} label={t.query.from} onChange={(v) => onChange([`${v}..${to}`])} />–<Time value={to} label={t.query.to} onChange={(v) => onChange([`${from}..${v}`])} /></div>;
  }
  if (clause.op.endsWith('_ndays')) return <div class="row"><Input compact type="number" min={0} value={first} aria-label={t.query.days} onChange={(v) => onChange([v])} />{t.query.days}</div>;
  if (field.type === 'time') return <Time value={first} label={fieldText(field.name)} onChange={(v) => onChange([v])} />;
  if (isSingle(clause.op)) return <Input compact value={first} aria-label={fieldText(field.name)} onChange={(v) => onChange([v])} />;
  return <Values field={field} values={clause.values} onChange={onChange} />;
}

interface BuilderProps { fields: FieldInfo[]; filters: Filters; onChange: (f: Filters) => void }

export function QueryBuilder({ fields, filters, onChange }: BuilderProps) {
  const known = useMemo(() => new Map(fields.map((f) => [f.name, f])), [fields]);
  const [clauses, set] = useState<Clause[]>(() => clausesOf(filters));
  const sent = useRef(JSON.stringify(filters));
  const text = JSON.stringify(filters);
  useEffect(() => {
    if (text !== sent.current) { sent.current = text; set(clausesOf(filters)); }
  }, [text]);
  const update = (next: Clause[]) => {
    set(next);
    const made = filtersOf(next, (f) => known.get(f)?.type);
    sent.current = JSON.stringify(made);
    if (sent.current !== text) onChange(made);
  };
  const replace = (i: number, c: Clause) => update(clauses.map((old, j) => (j === i ? c : old)));
  const fresh = (f: FieldInfo): Clause => ({ field: f.name, op: f.operators[0] ?? 'eq', values: f.type === 'bool' ? ['true'] : [] });
  const sorted = useMemo(() => [...fields].sort((a, b) => fieldText(a.name).localeCompare(fieldText(b.name))), [fields]);
  const add = () => {
    const next = fields.find((f) => !clauses.some((c) => c.field === f.name)) ?? fields[0];
    if (next) update([...clauses, fresh(next)]);
  };
  const row = (c: Clause, i: number) => {
    const f = known.get(c.field) ?? { name: c.field, type: 'text' as const, operators: [c.op] };
    const operators = f.operators.includes(c.op) ? f.operators : [c.op, ...f.operators];
    const options = known.has(c.field) ? sorted : [f, ...sorted];
    return (
      <div key={i} class="clause" role="group" aria-label={fieldText(c.field)}>
        <Select compact label={t.query.field} value={c.field} options={options.map((x) => [x.name, fieldText(x.name)])} onChange={(name) => { const x = known.get(name); if (x) replace(i, fresh(x)); }} />
        <Select compact label={t.query.operator} value={c.op} options={operators.map((o) => [o, t.operator[o] ?? o])} onChange={(op) => replace(i, { ...c, op, values: VALUELESS.has(op) || op === 'range' || c.op === 'range' ? [] : isSingle(op) ? c.values.slice(0, 1) : c.values })} />
        <Value field={f} clause={c} onChange={(values) => replace(i, { ...c, values })} />
        <Button kind="plain" compact icon="trash" label={t.query.remove} onClick={() => update(clauses.filter((_, j) => j !== i))} />
      </div>
    );
  };
  return (
    <div class="stack tight" data-test="query">
      {clauses.map(row)}
      <div class="row"><Button compact kind="quiet" icon="plus" onClick={add} disabled={fields.length === 0}>{t.query.add}</Button>
        {clauses.length > 0 && <Button compact kind="plain" onClick={() => update([])}>{t.query.clear}</Button>}</div>
    </div>
  );
}
