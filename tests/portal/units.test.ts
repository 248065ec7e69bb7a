// tests/portal/units.test.ts - the parts of the portal that are pure: filters, addresses, receipts, pictures, words of the server.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { clausesOf, filtersOf, withField } from '../../portal/src/filter';
import type { Alert, Filters, Receipt } from '../../portal/src/model';
import { columnsOf } from '../../portal/src/picture';
import { addUp, inOrder, withoutKind } from '../../portal/src/receipt';
import { filterOf, href, parse } from '../../portal/src/route';
import { en } from '../../portal/src/texts/en';
import { fr } from '../../portal/src/texts/fr';
import { pluralOf } from '../../portal/src/texts/plural';

const types: Record<string, string> = { service: 'number', 'user.username': 'person', 'activity.type': 'bool', date: 'time', 'ip.address': 'ip', text: 'text' };
const typeOf = (f: string) => types[f];
const there = (f: Filters) => filtersOf(clausesOf(f), typeOf);

test('a filter becomes rows and the same filter again', () => {
  const all: Filters[] = [
    { service: { eq: [11161, 20940] } }, { 'activity.type': { eq: true } }, { date: { gte_ndays: 7 } }, { date: { range: [{ start: 1, end: 9 }] } }, { 'ip.address': { startswith: ['10.'] }, 'user.username': { neq: ['a'] } },
    { 'user.username': { isset: true } }, { text: { text: 'two words' } }, { date: { gte_ndays: 7, lte: 12345 } },
  ];
  for (const f of all) assert.deepEqual(there(f), f);
});

test('one value is as good as a list of one', () => {
  assert.deepEqual(there({ service: { eq: 11161 } }), { service: { eq: [11161] } });
  assert.deepEqual(there({ 'activity.type': { eq: 'true' } }), { 'activity.type': { eq: true } });
  assert.deepEqual(there({ date: { range: { start: 5, end: 6 } } }), { date: { range: [{ start: 5, end: 6 }] } });
  assert.deepEqual(there({ 'user.username': { eq: [{ id: 'x', saas: 1 }] } }), { 'user.username': { eq: ['x'] } });
});

test('rows without a value restrict nothing, but stay open ended ranges', () => {
  assert.deepEqual(filtersOf([{ field: 'service', op: 'eq', values: [] }, { field: 'text', op: 'text', values: [''] }], typeOf), {});
  assert.deepEqual(filtersOf([{ field: 'date', op: 'range', values: ['5..'] }], typeOf), { date: { range: [{ start: 5 }] } });
});

test('two rows of one field and operator join their values', () => {
  assert.deepEqual(filtersOf([{ field: 'service', op: 'eq', values: ['1'] }, { field: 'service', op: 'eq', values: ['2'] }], typeOf), { service: { eq: [1, 2] } });
});

test('texts that look like numbers stay texts where the field is text', () => {
  assert.deepEqual(filtersOf([{ field: 'text', op: 'eq', values: ['0012'] }], typeOf), { text: { eq: ['0012'] } });
});

test('a filter without a field leaves the given one alone', () => {
  const f: Filters = { service: { eq: [1] }, date: { gte_ndays: 1 } };
  assert.deepEqual(withField(f, 'service', null), { date: { gte_ndays: 1 } });
  assert.deepEqual(f, { service: { eq: [1] }, date: { gte_ndays: 1 } });
});

test('an address says path and parameters, and is made from them', () => {
  const made = href('users/ab', { f: '{"a":{"eq":["x&y=z#"]}}', skip: null, up: 1 });
  const { path, params } = parse(made);
  assert.deepEqual(path, ['users', 'ab']);
  assert.equal(params.get('f'), '{"a":{"eq":["x&y=z#"]}}');
  assert.equal(params.get('skip'), null);
  assert.deepEqual(filterOf(params), { a: { eq: ['x&y=z#'] } });
});

test('a broken filter in an address is none', () => {
  for (const bad of ['{', '[]', 'null', '3', '"x"']) assert.deepEqual(filterOf(new URLSearchParams({ f: bad })), {});
  assert.deepEqual(parse('').path, []);
  assert.deepEqual(parse('#/setup/abc').path, ['setup', 'abc']);
});

const receipt = (points: number[], score: number): Receipt => ({ score, sum: score, parts: points.map((p, i) => ({ points: p, kind: 'activity', time: `2026-01-0${i + 1}T00:00:00Z`, text: '' })) });

test('parts are added up here, and compared with what is shown', () => {
  assert.deepEqual(addUp(receipt([34, 12, 5], 51), 51), { total: 51, agrees: true });
  assert.equal(addUp(receipt([34, 12, 5], 51), 50).agrees, false);
  assert.equal(addUp(receipt([34, 12], 51), 51).agrees, false);
  assert.equal(addUp({ ...receipt([51], 51), sum: 52 }, 51).agrees, false);
  assert.deepEqual(addUp(receipt([], 0), 0), { total: 0, agrees: true });
});

test('parts stand largest first, newest first among equals', () => {
  assert.deepEqual(inOrder(receipt([5, 34, 5], 44).parts).map((p) => [p.points, p.time.slice(0, 10)]), [[34, '2026-01-02'], [5, '2026-01-03'], [5, '2026-01-01']]);
});

test('a part says its kind once', () => {
  assert.equal(withoutKind('alert', 'alert: Honeytoken activity'), 'Honeytoken activity');
  assert.equal(withoutKind('alert', 'alerte : Activité'), 'Activité');
  assert.equal(withoutKind('activity', 'alert: x'), 'alert: x');
});

const alert = (a: Partial<Alert>): Alert => ({ id: '', name: '', severity: 'high', category: '', start: '', end: '', count: 1, status: 'open', read: true, shore: 'onprem', ...a });

test('the picture goes from source over the domain controller to the target', () => {
  const columns = columnsOf(alert({
    source: { type: 'device', label: 'WS1' }, destination: { type: 'device', label: 'DC1' },
    parties: [{ type: 'account', label: 'mallory', role: 'source' }, { type: 'device', label: 'dc1', role: 'destination' }, { type: 'account', label: 'krbtgt', role: 'target' }],
  }));
  assert.deepEqual(columns.map((c) => [c.kind, c.parties.map((p) => p.label)]), [['source', ['mallory', 'WS1']], ['controller', ['DC1']], ['target', ['krbtgt']]]);
});

test('without other targets the destination is the target; in the cloud it is the app', () => {
  assert.deepEqual(columnsOf(alert({ source: { type: 'device', label: 'WS1' }, destination: { type: 'device', label: 'DC1' } })).map((c) => c.kind), ['source', 'target']);
  const cloud = columnsOf(alert({ shore: 'cloud', source: { type: 'ip', label: '192.0.2.1' }, app: { service: 1, name: 'Office 365' } }));
  assert.deepEqual(cloud.map((c) => c.parties[0]?.label), ['192.0.2.1', 'Office 365']);
  assert.deepEqual(columnsOf(alert({})), []);
});

test('users who are not the source are who it was done to', () => {
  const columns = columnsOf(alert({
    source: { type: 'account', label: 'Zoe', entity: 'a' }, destination: { type: 'device', label: 'DC1' }, users: [{ id: 'a', name: 'Zoe Bouchard' }, { id: 'b', name: 'Quentin' }],
  }));
  assert.deepEqual(columns.map((c) => [c.kind, c.parties.map((p) => p.label)]), [['source', ['Zoe']], ['controller', ['DC1']], ['target', ['Quentin']]]);
});

test('an account that is merely related is a target too, a service is not', () => {
  const columns = columnsOf(alert({ source: { type: 'device', label: 'WS1' }, app: { service: 1, name: 'AD' }, parties: [{ type: 'account', label: 'Quentin', role: 'Related' }, { type: 'service', label: 'AD', role: 'Related' }] }));
  assert.deepEqual(columns.map((c) => c.parties.map((p) => p.label)), [['WS1'], ['Quentin']]);
});

test('plural forms follow the language', () => {
  const e = pluralOf('en-GB'), f = pluralOf('fr-FR');
  assert.deepEqual([0, 1, 2].map((n) => e(n, '# alert', '# alerts')), ['0 alerts', '1 alert', '2 alerts']);
  assert.deepEqual([0, 1, 2].map((n) => f(n, '# alerte', '# alertes')), ['0 alerte', '1 alerte', '2 alertes']);
});

const header = (name: string) => readFileSync(new URL(name, `file://${process.cwd()}/`), 'utf8');

test('every kind of activity, every field and every right of the server has its words in both languages', () => {
  for (const m of header('model/kind.h').matchAll(/X\(\w+, "([^"]+)", (?:ONPREM|CLOUD), \w+, "([^"]+)"/g)) assert.equal(fr.kinds[m[1] as string], m[2]); // sentences of the server and the portal say the same
  const kinds = [...header('model/kind.h').matchAll(/X\(\w+, "([^"]+)", (?:ONPREM|CLOUD)/g)].map((m) => m[1] as string);
  const fields = [...header('model/filter.h').matchAll(/X\((?:ACTIVITIES|ALERTS), \w+, "([^"]+)"/g)].map((m) => m[1] as string);
  const rights = [...header('model/role.h').matchAll(/X\(\w+, "([a-z_]+)", "/g)].map((m) => m[1] as string);
  assert.ok(kinds.length > 90 && fields.length > 50 && rights.length > 20);
  for (const t of [en, fr]) {
    assert.deepEqual(kinds.filter((k) => !t.kinds[k]), []);
    assert.deepEqual(fields.filter((f) => !t.field[f]), []);
    assert.deepEqual(rights.filter((r) => !t.rights[r]), []);
  }
});

/** What the audit log may say: the word that follows the request in a call that writes it, or that a route names. */
test('every word of the audit log is there in both languages', () => {
  const words = new Set<string>();
  for (const room of ['api', 'app'])
    for (const file of readdirSync(room).filter((f) => f.endsWith('.c'))) {
      const text = header(`${room}/${file}`);
      for (const m of text.matchAll(/\b(?:api_audit|audit|changed)\(\w+, (?:r, )?(?!r->|STR)((?:[^",;()]*"[^"]+")+)/g)) for (const w of (m[1] as string).matchAll(/"([^"]+)"/g)) words.add(w[1] as string);
      for (const m of text.matchAll(/\.(?:audit = |what = STR\()"([^"]+)"/g)) words.add(m[1] as string);
    }
  assert.ok(words.size > 50, String(words.size));
  for (const t of [en, fr]) assert.deepEqual([...words].filter((w) => !t.audited[w]), []);
});

test('no sentence is left in the other language', () => {
  const same: string[] = [];
  const walk = (a: unknown, b: unknown, path: string) => {
    if (typeof a === 'string' && a === b && a.split(' ').length > 3) same.push(path);
    if (a && typeof a === 'object') for (const k of Object.keys(a)) walk((a as Record<string, unknown>)[k], (b as Record<string, unknown>)[k], `${path}.${k}`);
  };
  walk(en, fr, 't');
  assert.deepEqual(same, []);
});
