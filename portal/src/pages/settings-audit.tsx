// pages/settings-audit.tsx - what administrators did: who, when, from where, before and after.
import { useState } from 'preact/hooks';
import { download, get, query } from '../api';
import { dateTime } from '../format';
import type { AuditLine, List } from '../model';
import { attempt, useLoad, usePaused } from '../state';
import { t } from '../texts';
import { Button, Empty, Failure, Skeleton } from '../ui/basic';
import { Input, Search } from '../ui/form';
import { Pager, Table, PAGE } from '../ui/table';

const shown = (value: unknown) => (value === null || value === undefined || value === '' ? t.none : typeof value === 'string' ? value : JSON.stringify(value));
const iso = (day: string, end: boolean) => (day ? new Date(`${day}T${end ? '23:59:59.999' : '00:00:00'}`).toISOString() : '');

export function Audit() {
  const [text, setText] = useState('');
  const [since, setSince] = useState('');
  const [until, setUntil] = useState('');
  const [skip, setSkip] = useState(0);
  const q = usePaused(text);
  const range = { q, since: iso(since, false), until: iso(until, true) };
  const { data, error, loading, reload } = useLoad((s) => get<List<AuditLine>>(`audit${query({ ...range, skip, limit: PAGE })}`, s), [range, skip]);
  const restart = <T,>(set: (v: T) => void) => (v: T) => { setSkip(0); set(v); };
  return (
    <div class="card">
      <div class="toolbar"><Search value={text} onChange={restart(setText)} />
        <span class="row"><Input type="date" value={since} onChange={restart(setSince)} aria-label={t.query.from} />–<Input type="date" value={until} onChange={restart(setUntil)} aria-label={t.query.to} /></span><span class="grow" />
        <Button icon="download" onClick={() => attempt(() => download('GET', `audit/export${query(range)}`))}>{t.export}</Button></div>
      {!data ? (error ? <Failure error={error} retry={reload} /> : <Skeleton rows={10} />) : data.data.length === 0 ? <Empty icon="log" title={q || since || until ? t.noMatch : t.audit.none} />
        : <div aria-busy={loading} data-test="audit"><Table label={t.settings.nav['audit'] ?? ''} rows={data.data} keyOf={(a) => String(a.id)} columns={[
            { id: 'time', head: t.activity.time, cell: (a) => <span class="nowrap">{dateTime(a.time)}</span> },
            { id: 'by', head: t.by, cell: (a) => <>{a.by ?? t.none}<div class="sub mono">{a.from}</div></> },
            { id: 'what', head: t.audit.what, cell: (a) => <><b>{t.audited[a.what] ?? a.what}</b>{a.object && <div class="sub wrap-anywhere">{a.object}</div>}</> },
            { id: 'before', head: t.audit.before, cell: (a) => <span class="mono wrap-anywhere">{shown(a.before)}</span> }, { id: 'after', head: t.audit.after, cell: (a) => <span class="mono wrap-anywhere">{shown(a.after)}</span> },
          ]} /><Pager skip={skip} shown={data.data.length} total={data.total} more={data.moreThanTotal} hasNext={data.hasNext} onSkip={setSkip} /></div>}
    </div>
  );
}
