// filter.ts - a filter of the API as the rows of the query builder, and back.
import type { Filters } from './model';

export interface Clause { field: string; op: string; values: string[] }

/** Operators that take one value only, and those that take none. */
const SINGLE = new Set(['gt', 'gte', 'lt', 'lte', 'gte_ndays', 'lte_ndays', 'startswithsingle', 'text']);
const NUMERIC = new Set(['gte_ndays', 'lte_ndays', 'gt', 'gte', 'lt', 'lte']);
export const VALUELESS = new Set(['isset', 'isnotset']);
export const isSingle = (op: string) => SINGLE.has(op);

const texts = (value: unknown): string[] => {
  if (value === null || value === undefined) return [];
  if (Array.isArray(value)) return value.flatMap(texts);
  if (typeof value === 'object') {
    const o = value as Record<string, unknown>;
    if ('start' in o || 'end' in o) return [`${o['start'] ?? ''}..${o['end'] ?? ''}`];
    if ('id' in o) return [String(o['id'])];
    return [JSON.stringify(value)];
  }
  return [String(value)];
};

/** One row per field and operator, in the order in which they stand. */
export function clausesOf(filters: Filters | null | undefined): Clause[] {
  return Object.entries(filters ?? {}).flatMap(([field, ops]) =>
    Object.entries(ops ?? {}).map(([op, value]) => ({ field, op, values: VALUELESS.has(op) ? [] : texts(value) })));
}

const isNumber = (text: string) => /^-?\d+(\.\d+)?$/.test(text);

function value(clause: Clause, type: string | undefined): unknown {
  if (VALUELESS.has(clause.op)) return true;
  if (clause.op === 'range') {
    return clause.values.map((v) => {
      const [start = '', end = ''] = v.split('..');
      return { ...(start !== '' && { start: Number(start) }), ...(end !== '' && { end: Number(end) }) };
    });
  }
  const one = (v: string): string | number | boolean => {
    if (type === 'bool') return v === 'true' || v === '1';
    if ((type === 'number' || NUMERIC.has(clause.op)) && isNumber(v)) return Number(v);
    return v;
  };
  if (type === 'bool' || SINGLE.has(clause.op)) return one(clause.values[0] ?? '');
  return clause.values.map(one);
}

/** What the builder shows as a filter; rows without a value do not restrict and are left out. */
export function filtersOf(clauses: Clause[], typeOf: (field: string) => string | undefined): Filters {
  const out: Filters = {};
  for (const clause of clauses) {
    if (!VALUELESS.has(clause.op) && clause.values.every((v) => v === '')) continue;
    const ops = (out[clause.field] ??= {});
    const next = value(clause, typeOf(clause.field));
    const before = ops[clause.op];
    ops[clause.op] = Array.isArray(before) && Array.isArray(next) ? [...before, ...next] : next;
  }
  return out;
}

/** The filter without one field, or with one condition on it. */
export function withField(filters: Filters, field: string, condition: Record<string, unknown> | null): Filters {
  const { [field]: _, ...rest } = filters;
  return condition ? { ...rest, [field]: condition } : rest;
}

/** Values of `eq` of a field as texts. */
export const eqValues = (filters: Filters, field: string): string[] => texts(filters[field]?.['eq']);

export const isEmpty = (filters: Filters) => Object.keys(filters).length === 0;
