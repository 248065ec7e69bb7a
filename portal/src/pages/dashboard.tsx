// pages/dashboard.tsx - where to look first: open alerts, people by priority, what feeds the hub and what it still learns.
import { get } from '../api';
import { ago, dateTime, day, number, short } from '../format';
import type { Dashboard as Data, Severity, UserRow } from '../model';
import { href } from '../route';
import { useLoad } from '../state';
import { t } from '../texts';
import { Avatar, Badge, Banner, Card, Empty, Failure, LinkButton, PageHead, Progress, Score, Skeleton, Spark, TagBadges } from '../ui/basic';
import { Chart, axis, type Colours } from '../ui/chart';
import { Icon } from '../ui/icon';
import { SEVERITIES, SEVERITY_NUMBER } from '../words';
import { NeedsHub } from './needs-hub';

const FILL: Record<Severity, string> = { high: 'high-fill', medium: 'medium-fill', low: 'low-fill', informational: 'info-fill' };
const openWith = (severity: Severity) => href('alerts', { f: JSON.stringify({ alertOpen: { eq: true }, severity: { eq: [SEVERITY_NUMBER[severity]] } }) });

function Figures({ of }: { of: Data }) {
  return (
    <div class="grid">
      <a class="card figure span4" href={href('alerts')}>
        <span class="muted">{t.dashboard.openAlerts}</span><b>{number(of.alerts.open)}</b>
        <span class="row wrap small">{SEVERITIES.map((s) => <span key={s} class="row"><i class={`dot ${s}`} />{number(of.alerts.bySeverity[s] ?? 0)} {t.severity[s].toLowerCase()}</span>)}</span>
      </a>
      <a class="card figure span4" href={href('users')}>
        <span class="muted">{t.dashboard.redUsers}</span><b>{number(of.users.filter((u) => u.red).length)}</b>
        <span class="small muted">{t.dashboard.redUsersAbout}</span>
      </a>
      <a class="card figure span4" href={href('activities')}>
        <span class="muted">{t.dashboard.activities}</span><b title={number(of.activities)}>{short(of.activities)}</b>
        <span class="small muted">{of.asOf ? t.asOf(ago(of.asOf)) : ''}</span>
      </a>
    </div>
  );
}

function TopUsers({ users }: { users: UserRow[] }) {
  return (
    <Card title={t.dashboard.topUsers} span={5} flush extra={<LinkButton kind="quiet" compact to={href('users')}>{t.all}</LinkButton>}>
      {users.length === 0
        ? <Empty icon="users" title={t.dashboard.noUsers}>{t.dashboard.noUsersWhy}</Empty>
        : <ul class="list" data-test="top-users">
            {users.slice(0, 8).map((u) => (
              <li key={u.id}><a class="item" href={href(`users/${u.id}`)}>
                <Score value={u.score} red={u.red} /><Avatar name={u.name} />
                <span class="grow"><div class="strong clip">{u.name}</div><div class="muted small clip">{u.title ?? u.department ?? u.upn ?? ''}</div></span>
                <TagBadges tags={u.tags?.filter((x) => x === 'sensitive' || x === 'honeytoken')} /><Spark days={u.days} red={u.red} />
              </a></li>
            ))}
          </ul>}
    </Card>
  );
}

function perDay(of: Data, c: Colours) {
  const days = of.alerts.perDay;
  return {
    grid: { left: 8, right: 8, top: 16, bottom: 32, containLabel: true },
    legend: { bottom: 0, icon: 'roundRect', itemWidth: 10, itemHeight: 10, textStyle: { color: c('muted') } },
    tooltip: { trigger: 'axis', axisPointer: { type: 'shadow' } },
    xAxis: { type: 'category', data: days.map((d) => day(d.day)), ...axis(c) },
    yAxis: { type: 'value', minInterval: 1, ...axis(c), axisLine: { show: false } },
    series: SEVERITIES.map((s) => ({ type: 'bar', stack: 'a', name: t.severity[s], barMaxWidth: 28, itemStyle: { color: c(FILL[s]) }, data: days.map((d) => d[s] ?? 0) })),
  };
}

function Categories({ of }: { of: Data }) {
  const most = Math.max(1, ...of.alerts.byCategory.map((c) => c.open));
  return (
    <Card title={t.dashboard.byCategory} span={5} flush>
      {of.alerts.byCategory.length === 0 ? <Empty icon="check" title={t.alerts.noneOpen}>{t.dashboard.noAlertsWhy}</Empty>
        : <ul class="list">{of.alerts.byCategory.map((c) => (
            <li key={c.category}><a class="item" href={href('alerts', { f: JSON.stringify({ alertOpen: { eq: true }, category: { eq: [c.category] } }) })}>
              <span class="grow"><span class="row between"><span>{t.category[c.category] ?? c.category}</span><span class="num strong">{number(c.open)}</span></span><progress class="sr" max={most} value={c.open} /></span>
            </a></li>
          ))}</ul>}
    </Card>
  );
}

function Sources({ of }: { of: Data }) {
  return (
    <Card title={t.dashboard.sources} span={7} flush extra={<LinkButton kind="quiet" compact to={href('apps')}>{t.all}</LinkButton>}>
      {of.apps.length + of.sensors.length === 0
        ? <Empty icon="upload" title={t.dashboard.noSources} action={<LinkButton kind="primary" to={href('settings/inputs')}>{t.inputs.upload}</LinkButton>}>{t.dashboard.noSourcesWhy}</Empty>
        : <ul class="list">
            {of.apps.map((a) => <li key={a.service}><a class="item" href={href('activities', { f: JSON.stringify({ service: { eq: [a.service] } }) })}><Icon name="apps" /><span class="grow strong">{a.name}</span><span class="muted num">{t.activities.count(a.activities)}</span><span class="muted small nowrap" title={dateTime(a.lastActivity)}>{ago(a.lastActivity)}</span></a></li>)}
            {of.sensors.map((s) => <li key={s.name}><div class="item"><Icon name="server" /><span class="grow strong">{s.name}</span><Badge kind={s.state === 'ok' ? 'good' : 'medium'}>{t.sensorState[s.state] ?? s.state}</Badge><span class="muted small">{ago(s.lastSeen)}</span></div></li>)}
          </ul>}
    </Card>
  );
}

function Learning({ of }: { of: Data }) {
  return (
    <Card title={t.dashboard.learning} span={5} flush>
      {of.learning.length + of.blind.length === 0 ? <Empty icon="check" title={t.dashboard.noLearning} />
        : <ul class="list">
            {of.learning.map((l) => <li key={l.policy}><div class="item"><Icon name="clock" /><span class="grow">{l.name}</span><span class="muted small nowrap">{t.daysLeft(Math.ceil(l.daysLeft))}</span></div></li>)}
            {of.blind.map((b) => <li key={b.policy}><div class="item"><Icon name="alert" /><span class="grow">{b.name}<span class="muted small"> {t.health.lacks(b.missing)}</span></span></div></li>)}
          </ul>}
    </Card>
  );
}

function LinkState({ of }: { of: Data }) {
  const { state, progress, secondsLeft } = of.link;
  if (state === 'connecting' || state === 'disconnecting') return <Banner icon="link"><Progress label={t.link.state[state]} value={progress ?? 0} secondsLeft={secondsLeft} /></Banner>;
  if (state === 'off') return <Banner kind="" icon="link" action={<LinkButton compact to={href('settings/link')}>{t.dashboard.openLink}</LinkButton>}><b>{t.labelled(t.link.title, t.link.state.off)}.</b> <span class="muted">{t.dashboard.linkOff}</span></Banner>;
  return null;
}

export function Dashboard() {
  const { data, error, reload } = useLoad((s) => get<Data>('dashboard', s), 'dashboard', 30_000);
  if (!data) return <div class="page"><PageHead title={t.menu.dashboard} /><div class="card">{error ? <Failure error={error} retry={reload} /> : <Skeleton rows={10} />}</div></div>;
  const running = data.analysis?.state === 'running';
  return (
    <div class="page">
      <PageHead title={t.menu.dashboard} about={data.asOf ? t.dashboard.asOf(dateTime(data.asOf)) : undefined}
        actions={data.link.state === 'on' ? <Badge kind="good"><i class="dot good" />{t.labelled(t.link.title, t.link.state.on)}</Badge> : undefined} />
      <LinkState of={data} />
      <NeedsHub />
      {running && <Banner icon="refresh"><Progress label={t.dashboard.analysing} value={data.analysis?.progress ?? 0} /></Banner>}
      <Figures of={data} />
      <div class="grid">
        <TopUsers users={data.users} />
        <Card title={t.dashboard.alertsOverTime} span={7} tall>
          <Chart label={t.dashboard.alertsOverTime} option={(c) => perDay(data, c)} />
          <div class="row wrap">{SEVERITIES.filter((s) => data.alerts.bySeverity[s]).map((s) => <a key={s} class="chip pick" href={openWith(s)}>{t.labelled(t.severity[s], number(data.alerts.bySeverity[s]))}</a>)}</div>
        </Card>
        <Categories of={data} />
        <Sources of={data} />
        <Learning of={data} />
      </div>
    </div>
  );
}

