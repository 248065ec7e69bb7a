// pages/policies.tsx - every rule that raises alerts: on or off, how strict, for whom.
import { useState } from 'preact/hooks';
import { download, get, put, query } from '../api';
import type { PageProps } from '../frame';
import { number } from '../format';
import type { Health, List, Policy } from '../model';
import { change, go, href } from '../route';
import { attempt, useDenied, useLoad, usePaused, useSession } from '../state';
import { t } from '../texts';
import { Badge, Banner, Button, Empty, Failure, LinkButton, PageHead, SeverityBadge, Skeleton, Tabs } from '../ui/basic';
import { Picks, Search, Select, Switch } from '../ui/form';
import { Table, type Column } from '../ui/table';
import { CATEGORIES, SEVERITIES } from '../words';
import { NeedsHub } from './needs-hub';
import { PolicyDrawer } from './policy-drawer';

type Type = 'all' | Policy['type'];

function columns(toggle: (p: Policy, on: boolean) => void, missing: Map<string, string>, denied?: string): Column<Policy>[] {
  return [
    { id: 'on', head: t.policies.on, width: '64px', cell: (p) => <Switch label={t.policies.toggle(p.name)} on={p.enabled} denied={denied ?? (p.off ? t.policies.off : undefined)} onChange={(on) => toggle(p, on)} /> },
    { id: 'name', head: t.policies.policy, cell: (p) => <><button type="button" class="link strong" onClick={() => change({ p: p.id })}>{p.name}</button><div class="sub">{t.category[p.category] ?? p.category}{p.externalId ? ` · ${t.alert.externalId} ${p.externalId}` : ''}</div></> },
    { id: 'type', head: t.type, cell: (p) => <Badge kind={p.type === 'identity' ? 'onprem' : p.type === 'activity' ? 'accent' : ''}>{t.policies.type[p.type]}</Badge> },
    { id: 'severity', head: t.alerts.severity, cell: (p) => <SeverityBadge of={p.severity} /> },
    { id: 'state', head: t.state, cell: (p) => (p.off ? <Badge>{t.policies.notYet}</Badge> : missing.has(p.id) ? <span title={t.health.lacks(missing.get(p.id) ?? '')}><Badge kind="medium">{t.policies.blind}</Badge></span> : p.learningDays ? <Badge>{t.policies.learning(Math.ceil(p.learningDays))}</Badge> : '') },
    { id: 'open', head: t.dashboard.openAlerts, right: true, cell: (p) => (p.openAlerts ? <a href={href('alerts', { f: JSON.stringify({ alertOpen: { eq: true }, 'entity.policy': { eq: [p.id] } }) })}>{number(p.openAlerts)}</a> : <span class="muted">0</span>) },
  ];
}

function Nothing({ type, clear }: { type: Type; clear?: () => void }) {
  const { session } = useSession();
  if (clear) return <Empty title={t.noMatch} action={<Button onClick={clear}>{t.query.clear}</Button>} />;
  if (type === 'identity' && session.link.state !== 'on') return <Empty icon="link" title={t.policies.noIdentity} action={<LinkButton kind="primary" to={href('settings/link')}>{t.link.title}</LinkButton>}>{t.policies.noIdentityWhy}</Empty>;
  if (type === 'activity') return <Empty icon="policy" title={t.policies.noActivity} action={<><LinkButton kind="primary" to={href('policies/new')}>{t.policies.create}</LinkButton><LinkButton to={href('templates')}>{t.menu.templates}</LinkButton></>}>{t.policies.noActivityWhy}</Empty>;
  return <Empty icon="policy" title={t.policies.none} />;
}

export function Policies({ route }: PageProps) {
  const type = (route.params.get('type') ?? 'all') as Type;
  const [text, setText] = useState('');
  const q = usePaused(text);
  const [severity, setSeverity] = useState<Policy['severity'][]>([]);
  const [category, setCategory] = useState('');
  const [state, setState] = useState<'' | 'on' | 'off'>('');
  const { data, error, reload } = useLoad((s) => get<List<Policy>>(`policies${query({ q })}`, s), q);
  const health = useLoad((s) => get<Health>('health', s), 'health');
  const missing = new Map((health.data?.blind ?? []).map((b) => [b.policy, b.missing]));
  const denied = useDenied('manage_policies');
  const toggle = (p: Policy, on: boolean) => void attempt(async () => { await put(`policies/${p.id}`, { enabled: on }); reload(); }, on ? t.policies.switchedOn(p.name) : t.policies.switchedOff(p.name));
  const all = data?.data ?? [];
  const count = (id: Type) => all.filter((p) => id === 'all' || p.type === id).length;
  const rows = all.filter((p) => (type === 'all' || p.type === type) && (!severity.length || severity.includes(p.severity)) && (!category || p.category === category) && (!state || p.enabled === (state === 'on')));
  const narrowed = !!(q || severity.length || category || state);
  const clear = () => { setText(''); setSeverity([]); setCategory(''); setState(''); };
  const open = route.params.get('p');
  const tab = (id: Type): [Type, string] => [id, `${id === 'all' ? t.all : t.policies.type[id]} (${number(count(id))})`];
  return (
    <div class="page">
      <PageHead title={t.menu.policies} about={t.policies.about} actions={<>
        <Button icon="download" onClick={() => attempt(() => download('GET', 'policies/export'))}>{t.export}</Button>
        <Button kind="primary" icon="plus" denied={denied} onClick={() => go('policies/new')}>{t.policies.create}</Button></>} />
      <Tabs now={type} onChange={(id) => change({ type: id === 'all' ? null : id })} tabs={[tab('all'), tab('identity'), tab('anomaly'), tab('activity')]} />
      <NeedsHub />
      <div class="card">
        <div class="toolbar">
          <Search value={text} onChange={setText} placeholder={t.policies.search} />
          <Select label={t.state} value={state} options={[['', t.policies.anyState], ['on', t.policies.onlyOn], ['off', t.policies.onlyOff]]} onChange={setState} />
          <Select label={t.alerts.category} value={category} options={[['', t.alerts.anyCategory], ...CATEGORIES.map((c): [string, string] => [c, t.category[c] ?? c])]} onChange={setCategory} />
          <Picks label={t.alerts.severity} now={severity} onChange={setSeverity} options={SEVERITIES.map((s) => [s, t.severity[s]])} />
        </div>
        {!data ? (error ? <Failure error={error} retry={reload} /> : <Skeleton rows={10} />) : rows.length === 0 ? <Nothing type={type} clear={narrowed ? clear : undefined} />
          : <div data-test="policies"><Table label={t.menu.policies} columns={columns(toggle, missing, denied)} rows={rows} keyOf={(p) => p.id} openKey={open} onOpen={(p) => change({ p: p.id })} /></div>}
        {rows.length > 0 && <div class="pager num">{t.policies.count(rows.length)}</div>}
      </div>
      {type !== 'activity' && type !== 'anomaly' && data && count('identity') === 0 && <Banner kind="" icon="link" action={<LinkButton compact to={href('settings/link')}>{t.dashboard.openLink}</LinkButton>}>{t.policies.noIdentityWhy}</Banner>}
      {open && <PolicyDrawer key={open} id={open} onClose={() => change({ p: null })} onChanged={reload} />}
    </div>
  );
}
