// pages/settings-exclusions.tsx - what raises no alert: every exclusion of every policy, and the alerts that are suppressed.
import { useState } from 'preact/hooks';
import { del, get, put } from '../api';
import { ago, date, dateTime } from '../format';
import type { Exclusion, List, Policy, Suppression } from '../model';
import { href } from '../route';
import { attempt, useDenied, useLoad } from '../state';
import { t } from '../texts';
import { Button, Card, Empty, Failure, LinkButton, Skeleton } from '../ui/basic';
import { Select } from '../ui/form';
import { Table } from '../ui/table';
import { Exclusions } from './policy-drawer';

function Suppressions() {
  const { data, error, reload } = useLoad((s) => get<List<Suppression>>('suppressions', s), 'suppressions');
  const denied = useDenied('manage_alerts');
  const lift = (x: Suppression) => attempt(async () => { await del(`suppressions/${x.id}`); reload(); }, t.suppressions.lifted);
  return (
    <Card title={t.suppressions.title} flush>
      {!data ? (error ? <Failure error={error} retry={reload} /> : <Skeleton />) : data.data.length === 0 ? <Empty icon="bell" title={t.suppressions.none} action={<LinkButton to={href('alerts')}>{t.menu.alerts}</LinkButton>}>{t.suppressions.noneWhy}</Empty>
        : <div data-test="suppressions"><Table label={t.suppressions.title} rows={data.data} keyOf={(x) => x.id} columns={[
            { id: 'policy', head: t.policies.policy, cell: (x) => <a class="strong" href={href('policies', { p: x.policy })}>{x.name}</a> },
            { id: 'by', head: t.alert.suppressBy, cell: (x) => <>{t.alert.by[x.by]}: {x.user ? <a href={href(`users/${x.user}`)}>{x.value}</a> : <span class="mono">{x.value}</span>}</> },
            { id: 'until', head: t.until, cell: (x) => (x.until ? <span title={dateTime(x.until)}>{date(x.until)}</span> : t.forEver) },
            { id: 'made', head: t.by, cell: (x) => <>{x.madeBy}<div class="sub">{ago(x.made)} · <a href={href(`alerts/${x.alert}`)}>{t.alerts.alert}</a></div></> },
            { id: 'lift', head: '', right: true, cell: (x) => <Button compact denied={denied} onClick={() => lift(x)}>{t.suppressions.lift}</Button> },
          ]} /></div>}
    </Card>
  );
}

export function ExclusionsPage() {
  const { data, error, reload } = useLoad((s) => get<List<Policy>>('policies', s), 'policies');
  const denied = useDenied('exclude');
  const mayAlerts = !useDenied('view_alerts');
  const [chosen, choose] = useState('');
  if (!data) return <div class="card">{error ? <Failure error={error} retry={reload} /> : <Skeleton />}</div>;
  const all = data.data.filter((p) => p.type !== 'activity');
  const shown = all.filter((p) => p.exclusions?.length || p.id === chosen);
  const save = (p: Policy) => (exclusions: Exclusion[]) => void attempt(async () => { await put(`policies/${p.id}/exclusions`, { exclusions }); reload(); }, t.saved);
  return (
    <div class="stack">
      {all.length > 0 && <div class="row"><Select label={t.exclusions.forPolicy} value={chosen} options={[['', t.exclusions.choose], ...all.map((p): [string, string] => [p.id, p.externalId ? `${p.name} (${p.externalId})` : p.name])]} onChange={choose} /></div>}
      {shown.length === 0 && <div class="card"><Empty icon="filter" title={t.exclusions.none} action={<LinkButton to={href('alerts')}>{t.menu.alerts}</LinkButton>}>{t.exclusions.noneWhy}</Empty></div>}
      {shown.map((p) => <Card key={p.id} title={p.name}><Exclusions of={p.exclusions ?? []} set={save(p)} denied={denied} /></Card>)}
      {mayAlerts && <Suppressions />}
    </div>
  );
}
