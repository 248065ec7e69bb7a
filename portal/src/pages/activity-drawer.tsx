// pages/activity-drawer.tsx - one activity beside the list: general, its user, its address, its raw record.
import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import { get } from '../api';
import { dateTime, number } from '../format';
import type { Activity, Count, Filters, Insights } from '../model';
import { go, href } from '../route';
import { attempt, useLoad } from '../state';
import { t } from '../texts';
import { Badge, Button, Copy, Facts, Failure, LinkButton, ShoreBadge, Skeleton, Tabs } from '../ui/basic';
import { Icon } from '../ui/icon';
import { Drawer } from '../ui/overlay';
import { kindText, placeText } from '../words';

type Tab = 'general' | 'user' | 'ip' | 'raw';

function General({ of }: { of: Activity }) {
  const where = of.origin;
  const facts: [string, ComponentChildren][] = [
    [t.activity.time, dateTime(of.time)], [t.activity.received, of.created ? dateTime(of.created) : null], [t.activity.app, of.app?.name],
    [t.activity.user, of.actor?.id ? <a href={href(`users/${of.actor.id}`)}>{of.actor.name}</a> : of.actor?.name], [t.activity.outcome, of.outcome ? <>{t.outcome[of.outcome] ?? of.outcome}{of.code ? ` (${of.code})` : ''}</> : null],
    [t.activity.ip, of.ip], [t.activity.location, of.location?.country ? placeText(of.location) : null], [t.activity.network, of.location?.network], [t.activity.device, of.device], [t.activity.destination, of.destination],
    [t.activity.agent, [of.agent?.browser, of.agent?.os].filter(Boolean).join(', ')], [t.activity.protocol, of.protocol], [t.activity.session, of.session && <code>{of.session}</code>],
    [t.activity.flags, of.admin || of.impersonated ? <span class="row">{of.admin && <Badge>{t.activity.admin}</Badge>}{of.impersonated && <Badge kind="medium">{t.activity.impersonated}</Badge>}</span> : null],
    [t.activity.points, of.points ? <Badge kind="medium">+{number(of.points)}</Badge> : null],
  ];
  const own = Object.entries(of.facts ?? {});
  return (
    <div class="stack">
      <Facts of={facts} />
      {!!of.objects?.length && <section class="stack tight"><h3>{t.activity.objects}</h3><ul class="stack tight">{of.objects.map((o, i) => <li key={i} class="row"><Icon tiny name="right" /><span>{o.id ? <a href={href(o.type === 'computer' ? `computers/${o.id}` : `users/${o.id}`)}>{o.name ?? o.id}</a> : o.name ?? t.none} <span class="muted small">{t.objectType[o.type] ?? o.type} · {t.role[o.role] ?? o.role}</span></span></li>)}</ul></section>}
      {!!of.policies?.length && <section class="stack tight"><h3>{t.activity.policies}</h3><div class="row wrap">{of.policies.map((p) => <a key={p.id} class="badge accent" href={href('policies', { p: p.id })}>{p.name}</a>)}</div></section>}
      {!!of.alerts?.length && <section class="stack tight"><h3>{t.menu.alerts}</h3><div class="row wrap">{of.alerts.map((a, i) => <a key={a} class="badge medium" href={href(`alerts/${a}`)}>{t.activity.alertN(i + 1)}</a>)}</div></section>}
      {own.length > 0 && <section class="stack tight"><h3>{t.activity.facts}</h3><Facts of={own.map(([k, v]) => [k, <span key={k} class="mono">{typeof v === 'object' ? JSON.stringify(v) : String(v)}</span>])} /></section>}
      {where && <p class="muted small wrap-anywhere">{t.activity.origin(where.input?.name ?? t.none, number(where.record ?? 0), number(where.offset ?? 0))}</p>}
    </div>
  );
}

function Counts({ title, of, text }: { title: string; of?: Count[]; text?: (c: Count) => string }) {
  if (!of?.length) return null;
  const most = Math.max(1, ...of.map((c) => c.n));
  return (
    <section class="stack tight"><h3>{title} <span class="muted">({number(of.length)})</span></h3>
      {of.slice(0, 6).map((c) => <div key={c.value} class="progress"><div class="row between small"><span class="clip">{text?.(c) ?? c.who?.name ?? c.label ?? c.value}</span><span class="muted num">{number(c.n)}</span></div><progress max={most} value={c.n} aria-hidden="true" /></div>)}
    </section>
  );
}

function InsightTab({ id, of, tab }: { id: string; of: Activity; tab: 'user' | 'ip' }) {
  const { data, error, reload } = useLoad((s) => get<Insights>(`activities/${id}/insights`, s), id);
  if (!data) return error ? <Failure error={error} retry={reload} /> : <Skeleton rows={5} />;
  const u = tab === 'user' ? data.user : data.ip;
  if (!u) return <p class="muted">{tab === 'user' ? t.activity.noUser : t.activity.noIp}</p>;
  const user = data.user, ip = data.ip;
  return (
    <div class="stack">
      <p class="muted small">{t.activity.within(data.days)}</p>
      {tab === 'user' && user && <>
        <div class="row between"><h3>{of.actor?.name}</h3>{of.actor?.id && <LinkButton compact to={href(`users/${of.actor.id}`)}>{t.activity.openUser}</LinkButton>}</div>
        <Facts of={[[t.activity.openAlerts, user.alerts === undefined ? null : number(user.alerts)], [t.menu.activities, number(user.activities)], [t.user.firstSeen, user.first && dateTime(user.first)], [t.user.lastSeen, user.last && dateTime(user.last)]]} />
        <Counts title={t.activity.countries} of={user.countries} /><Counts title={t.activity.networks} of={user.networks} /><Counts title={t.activity.addresses} of={user.addresses} /><Counts title={t.activity.apps} of={user.apps} /><Counts title={t.activity.kinds} of={user.kinds} text={(c) => kindText(c.value)} />
      </>}
      {tab === 'ip' && ip && <>
        <div class="row"><h3 class="mono">{of.ip}</h3><span class="muted">{placeText(of.location)}{of.location?.network ? ` · ${of.location.network}` : ''}</span></div>
        <Facts of={[[t.activity.openAlerts, ip.alerts === undefined ? null : number(ip.alerts)], [t.menu.activities, number(ip.activities)]]} />
        <Counts title={t.menu.users} of={ip.users?.map((x) => ({ value: x.who?.id ?? x.id ?? '', label: x.who?.name ?? x.name, n: x.n }))} /><Counts title={t.activity.countries} of={ip.countries} /><Counts title={t.activity.networks} of={ip.networks} /><Counts title={t.activity.kinds} of={ip.kinds} text={(c) => kindText(c.value)} />
      </>}
    </div>
  );
}

function Raw({ id }: { id: string }) {
  const { data, error, reload } = useLoad((s) => get<{ format: string; text: string }>(`activities/${id}/raw`, s), id);
  if (!data) return error ? <Failure error={error} retry={reload} /> : <Skeleton rows={8} />;
  let text = data.text;
  if (data.format === 'json') { try { text = JSON.stringify(JSON.parse(text), null, 2); } catch { /* shown as it came */ } }
  return <div class="stack tight"><div class="row between"><Badge>{data.format.toUpperCase()}</Badge><Copy text={text} /></div><pre class="raw" data-test="raw">{text}</pre></div>;
}

export function ActivityDrawer({ id, tab: first, onClose }: { id: string; tab?: string | null; onClose: () => void }) {
  const { data, error, reload } = useLoad((s) => get<Activity>(`activities/${id}`, s), id);
  const [tab, setTab] = useState<Tab>(first === 'raw' ? 'raw' : 'general');
  const similar = () => attempt(async () => {
    const { filters } = await get<{ filters: Filters }>(`activities/${id}/similar`);
    go('activities', { f: JSON.stringify(filters), a: id });
  });
  return (
    <Drawer title={data ? kindText(data.kind) : t.loading} sub={data && <span class="row wrap">{dateTime(data.time)}{data.shore && <ShoreBadge of={data.shore} />}</span>} onClose={onClose}
      footer={<><Copy text={location.href} /><Button icon="search" onClick={similar}>{t.activity.similar}</Button></>}>
      {!data ? (error ? <Failure error={error} retry={reload} /> : <Skeleton />) : <>
        {data.description && <p class="wrap-anywhere">{data.description}</p>}
        <Tabs now={tab} onChange={setTab} tabs={[['general', t.activity.general], ['user', t.activity.user], ['ip', t.activity.ip], ['raw', t.activity.raw]]} />
        {tab === 'general' ? <General of={data} /> : tab === 'raw' ? <Raw id={id} /> : <InsightTab id={id} of={data} tab={tab} />}
      </>}
    </Drawer>
  );
}
