// pages/settings-vpn.tsx - VPN gateways that RADIUS accounting names, the IP ranges that their users come from, and what depends on both.
import { get } from '../api';
import { ago, number } from '../format';
import type { Blind, Health, List, Policy, Vpn, VpnGateway } from '../model';
import { filterText, href } from '../route';
import { useDenied, useLoad, useSession } from '../state';
import { t } from '../texts';
import { Badge, Banner, Button, Card, Empty, Failure, LinkButton, Skeleton } from '../ui/basic';
import { Table } from '../ui/table';

const KIND = 'VPN connection', CATEGORY = 4;
/** What reads these connections, and what leaves out activities from addresses of such ranges. */
const READS = ['2025'], LEAVES_OUT = ['impossible_travel', 'infrequent_country', 'new_location', 'new_admin_location', 'leaked_access_key'];

const called = (g: VpnGateway) => g.name ?? g.address ?? t.none;
const connections = (g: VpnGateway) => href('activities', { f: filterText({ actionType: { eq: [KIND] }, ...(g.name && { destination: { eq: [g.name] } }) }) });
/** The form for a new range, filled in as far as is known: of a private address nobody outside sees anything. */
const adding = (g: VpnGateway) => href('settings/subnets', { add: CATEGORY, name: `VPN ${called(g)}`, ranges: g.private ? null : g.address });

function Egress({ of, denied }: { of: VpnGateway; denied?: string }) {
  if (of.range === undefined) return <span class="muted">{t.vpn.mayNotSee}</span>;
  if (of.range) return <><a href={href('settings/subnets')}><Badge kind={of.range.category === CATEGORY ? 'good' : 'medium'}>{of.range.name}</Badge></a>{of.range.category !== CATEGORY && <div class="sub">{t.vpn.otherCategory(t.subnets.category[of.range.category] ?? '')}</div>}</>;
  return <><div class="sub">{of.private ? t.vpn.privateAddress : t.vpn.noRange}</div>{denied ? <Button compact denied={denied}>{t.subnets.add}</Button> : <LinkButton compact icon="plus" to={adding(of)}>{t.subnets.add}</LinkButton>}</>;
}

/** Where its accounting was seen. */
function Sources({ of }: { of: VpnGateway }) {
  return <div class="sub">{t.vpn.toldBy}{of.sources.map((s, i) => <span key={`${s.sensor} ${s.name}`}>{i ? ', ' : ' '}<a class="wrap-anywhere" href={href(s.sensor ? 'settings/sensors' : 'settings/inputs')}>{s.sensor ? t.vpn.sensor(s.name) : s.name}</a></span>)}</div>;
}

function Gateways({ of }: { of: Vpn }) {
  const denied = useDenied('manage_subnets');
  return (
    <Card title={t.vpn.gateways} flush>
      <div data-test="gateways"><Table label={t.vpn.gateways} rows={of.gateways} keyOf={(g) => `${g.name ?? ''} ${g.address ?? ''}`} columns={[
        { id: 'name', head: t.vpn.gateway, cell: (g) => <><b>{called(g)}</b>{g.name && <div class="sub mono">{g.address}</div>}<Sources of={g} /></> },
        { id: 'sessions', head: t.vpn.sessions, right: true, cell: (g) => <><a href={connections(g)}>{number(g.sessions)}</a>{g.rejected > 0 && <div class="sub">{t.vpn.rejected(g.rejected)}</div>}</> },
        { id: 'people', head: t.vpn.people, right: true, cell: (g) => number(g.people) },
        { id: 'last', head: t.user.lastSeen, cell: (g) => ago(g.last) },
        { id: 'range', head: t.vpn.egress, cell: (g) => <Egress of={g} denied={denied} /> },
      ]} /></div>
      {(of.moreConnections || of.moreGateways) && <p class="pager num">{t.vpn.more(number(of.connections))}</p>}
    </Card>
  );
}

/** What to do where nothing is seen: a sensor listens, so the accounting has to pass it. */
function NoGateways() {
  return (
    <Card>
      <Empty icon="globe" title={t.vpn.none} action={<><LinkButton to={href('settings/sensors')}>{t.settings.nav['sensors']}</LinkButton><LinkButton to={href('settings/inputs')}>{t.settings.nav['inputs']}</LinkButton></>}>{t.vpn.noneWhy}</Empty>
      <ol class="steps" data-test="vpn-steps">{t.vpn.steps.map((s) => <li key={s}>{s}</li>)}</ol>
    </Card>
  );
}

function Dependent({ id, policies, blind }: { id: string; policies: Policy[]; blind: Blind[] }) {
  const p = policies.find((x) => x.id === id), lacking = blind.find((x) => x.policy === id);
  return <li><a class="item" href={href('policies', { p: id })}><span class="grow"><b>{p?.name ?? id}</b>{lacking && <div class="muted small">{t.health.lacks(lacking.missing)}</div>}</span>{p && <Badge kind={p.enabled ? 'good' : ''}>{p.enabled ? t.profile.on : t.profile.off}</Badge>}</a></li>;
}

export function VpnPage() {
  const { session } = useSession();
  const { data, error, reload } = useLoad((s) => get<Vpn>('vpn', s), 'vpn', 30_000);
  const policies = useLoad((s) => get<List<Policy>>('policies', s), 'policies').data?.data ?? [], blind = useLoad((s) => get<Health>('health', s), 'health').data?.blind ?? [];
  if (!data) return <div class="card">{error ? <Failure error={error} retry={reload} /> : <Skeleton />}</div>;
  const list = (ids: string[]) => <ul class="list">{ids.map((id) => <Dependent key={id} id={id} policies={policies} blind={blind} />)}</ul>;
  return (
    <div class="stack">
      {session.licences.hub && session.link.state === 'off' && <Banner kind="warning" icon="link" action={<LinkButton compact to={href('settings/link')}>{t.dashboard.openLink}</LinkButton>}>{t.vpn.linkOff}</Banner>}
      {data.gateways.length ? <Gateways of={data} /> : <NoGateways />}
      <Banner kind="" icon="key">{t.vpn.secret}</Banner>
      <div class="two" data-test="vpn-alerts"><Card title={t.vpn.reads} flush>{list(READS)}</Card><Card title={t.vpn.leavesOut} flush>{list(LEAVES_OUT)}</Card></div>
    </div>
  );
}
