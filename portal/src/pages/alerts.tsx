// pages/alerts.tsx - the queue: filters, sorting, many at once.
import { useState } from 'preact/hooks';
import { download, get, post } from '../api';
import { eqValues, withField } from '../filter';
import type { PageProps } from '../frame';
import { ago, dateTime, number } from '../format';
import type { AlertRow, Fields, Filters, List } from '../model';
import { change, filterOf, filterText, go, href } from '../route';
import { attempt, useDenied, useLoad, usePaused } from '../state';
import { t } from '../texts';
import { Badge, Button, Empty, Failure, LinkButton, PageHead, SeverityBadge, ShoreBadge, Skeleton } from '../ui/basic';
import { Picks, Search, Select } from '../ui/form';
import { Menu } from '../ui/overlay';
import { QueryBuilder } from '../ui/query';
import { Pager, Table, PAGE, type Column, type Sort } from '../ui/table';
import { CATEGORIES, SEVERITIES, SEVERITY_NUMBER } from '../words';
import { CloseDialog } from './alert-close';

const OPEN: Filters = { alertOpen: { eq: true } };
type Status = 'open' | 'closed' | 'all';

/** Heads are made when they are shown, so that they follow the language. */
export const alertColumns = (): Column<AlertRow>[] => [
  { id: 'severity', head: t.alerts.severity, sort: 'severity', cell: (a) => <SeverityBadge of={a.severity} />, width: '140px' },
  { id: 'name', head: t.alerts.alert, cell: (a) => <><a href={href(`alerts/${a.id}`)}>{a.name}</a><div class="sub">{t.category[a.category] ?? a.category}{a.externalId ? ` · ${a.externalId}` : ''}{a.count > 1 ? ` · ${t.alerts.times(a.count)}` : ''}</div></> },
  { id: 'users', head: t.alerts.users, cell: (a) => <Who of={a} /> },
  { id: 'shore', head: t.alerts.shore, cell: (a) => <ShoreBadge of={a.shore} /> },
  { id: 'status', head: t.alerts.status, sort: 'status', cell: (a) => <StatusBadge of={a} /> },
  { id: 'date', head: t.alerts.date, sort: 'date', cell: (a) => <span class="nowrap" title={dateTime(a.end)}>{ago(a.end)}</span> },
];

/** An alert that is suppressed is stored, but nobody waits for it to be handled. */
export function StatusBadge({ of }: { of: AlertRow }) {
  const quiet = of.suppressed && of.status === 'open';
  return <Badge kind={quiet ? '' : of.status === 'open' ? 'medium' : 'good'}>{quiet ? t.alert.isSuppressed : t.status[of.status] ?? of.status}</Badge>;
}

function Who({ of }: { of: AlertRow }) {
  const users = of.users ?? [];
  if (!users.length) return <span class="muted">{of.source?.label ?? t.none}</span>;
  return (
    <>
      {users.slice(0, 2).map((u, i) => <span key={u.id}>{i > 0 && ', '}<a href={href(`users/${u.id}`)}>{u.name}</a></span>)}
      {users.length > 2 && <span class="muted"> +{number(users.length - 2)}</span>}
    </>
  );
}

const statusOf = (f: Filters): Status => (f['alertOpen'] ? (eqValues(f, 'alertOpen')[0] === 'true' ? 'open' : 'closed') : 'all');

function Toolbar({ filters, set, text, setText }: { filters: Filters; set: (f: Filters) => void; text: string; setText: (v: string) => void }) {
  const severities = SEVERITIES.filter((s) => eqValues(filters, 'severity').includes(String(SEVERITY_NUMBER[s])));
  const days = String((filters['date']?.['gte_ndays'] as number | undefined) ?? '');
  return (
    <div class="toolbar">
      <Search value={text} onChange={setText} placeholder={t.alerts.search} />
      <Select label={t.alerts.status} value={statusOf(filters)} options={[['open', t.alerts.statusOpen], ['closed', t.alerts.statusClosed], ['all', t.alerts.statusAll]]}
        onChange={(s) => set(withField(filters, 'alertOpen', s === 'all' ? null : { eq: s === 'open' }))} />
      <Select label={t.alerts.category} value={eqValues(filters, 'category')[0] ?? ''} options={[['', t.alerts.anyCategory], ...CATEGORIES.map((c): [string, string] => [c, t.category[c] ?? c])]}
        onChange={(c) => set(withField(filters, 'category', c ? { eq: [c] } : null))} />
      <Select label={t.alerts.date} value={days} options={[['', t.anyTime], ['1', t.lastDays(1)], ['7', t.lastDays(7)], ['30', t.lastDays(30)]]} onChange={(d) => set(withField(filters, 'date', d ? { gte_ndays: Number(d) } : null))} />
      <Picks label={t.alerts.severity} now={severities} options={SEVERITIES.map((s) => [s, t.severity[s]])} onChange={(now) => set(withField(filters, 'severity', now.length ? { eq: now.map((s) => SEVERITY_NUMBER[s]) } : null))} />
    </div>
  );
}

function Nothing({ filters, clear }: { filters: Filters; clear: () => void }) {
  if (JSON.stringify(filters) === JSON.stringify(OPEN)) return <Empty icon="check" title={t.alerts.noneOpen} action={<><Button onClick={() => change({ f: '{}' })}>{t.alerts.showClosed}</Button><LinkButton kind="quiet" to={href('activities')}>{t.menu.activities}</LinkButton></>}>{t.alerts.noneOpenWhy}</Empty>;
  return <Empty title={t.alerts.noneMatch} action={<Button onClick={clear}>{t.query.clear}</Button>}>{t.alerts.noneMatchWhy}</Empty>;
}

export function Alerts({ route }: PageProps) {
  const filters = filterOf(route.params, OPEN);
  const skip = Number(route.params.get('skip') ?? 0);
  const sort: Sort = { by: route.params.get('sort') ?? 'date', down: route.params.get('up') === null };
  const [text, setText] = useState(() => String(filters['text']?.['text'] ?? ''));
  const paused = usePaused(text);
  const [advanced, setAdvanced] = useState(false);
  const [selected, select] = useState(new Set<string>());
  const [closing, setClosing] = useState(false);
  const denied = useDenied('manage_alerts');
  const unmarked = useDenied('mark_alerts');
  const set = (f: Filters) => { select(new Set()); change({ f: filterText(f) ?? '{}', skip: null }, true); };
  const asked = withField(filters, 'text', paused ? { text: paused } : null);
  const body = { filters: asked, sortField: sort.by, sortDirection: sort.down ? 'desc' : 'asc', skip, limit: PAGE };
  const { data, error, loading, reload } = useLoad((s) => post<List<AlertRow>>('alerts/query', body, s), body, 30_000);
  const fields = useLoad((s) => get<Fields>('fields', s), 'fields');
  const mark = (how: 'read' | 'unread') => attempt(async () => { await Promise.all([...selected].map((id) => post(`alerts/${id}/${how}`))); select(new Set()); reload(); });
  const reopen = () => attempt(async () => { await Promise.all([...selected].map((id) => post(`alerts/${id}/reopen`))); select(new Set()); reload(); }, t.alerts.reopened(selected.size));
  return (
    <div class="page">
      <PageHead title={t.menu.alerts} about={t.alerts.about} actions={<Menu label={t.export} icon="download" items={(['csv', 'ocsf', 'ecs'] as const).map((format) => ({ text: t.exports.formats[format] ?? format, onClick: () => attempt(() => download('POST', 'alerts/export', { filters: asked, format })) }))} />} />
      <div class="card">
        <Toolbar filters={filters} set={set} text={text} setText={setText} />
        <div class="toolbar">
          <Button compact kind="quiet" icon="filter" expanded={advanced} onClick={() => setAdvanced(!advanced)}>{t.query.advanced}</Button>
          {advanced && fields.data && <QueryBuilder fields={fields.data.alerts} filters={filters} onChange={set} />}
        </div>
        {selected.size > 0 && (
          <div class="toolbar selected">
            <b class="grow">{t.selected(selected.size)}</b>
            <Button compact kind="primary" denied={denied} onClick={() => setClosing(true)}>{t.alerts.close}</Button>
            <Button compact denied={denied} onClick={reopen}>{t.alerts.reopen}</Button>
            <Button compact denied={unmarked} onClick={() => mark('read')}>{t.alerts.markRead}</Button>
            <Button compact denied={unmarked} onClick={() => mark('unread')}>{t.alerts.markUnread}</Button>
          </div>
        )}
        {error && !data ? <Failure error={error} retry={reload} /> : !data ? <Skeleton /> : data.data.length === 0 ? <Nothing filters={asked} clear={() => { setText(''); set(OPEN); }} /> : (
          <div aria-busy={loading}>
            <Table label={t.menu.alerts} columns={alertColumns()} rows={data.data} keyOf={(a) => a.id} onOpen={(a) => go(`alerts/${a.id}`)} unread={(a) => !a.read && a.status === 'open'} selected={selected} onSelect={select}
              sort={sort} onSort={(s) => change({ sort: s.by, up: s.down ? null : 1, skip: null }, true)} />
            <Pager skip={skip} shown={data.data.length} total={data.total} more={data.moreThanTotal} hasNext={data.hasNext} onSkip={(n) => change({ skip: n || null })} />
          </div>
        )}
      </div>
      {closing && <CloseDialog ids={[...selected]} onClose={() => setClosing(false)} onDone={() => { setClosing(false); select(new Set()); reload(); }} />}
    </div>
  );
}
