// pages/settings-health.tsx - does the hub see what it should, and which alerts are blind because of what is missing?
import { get } from '../api';
import { bytes, duration, number, percent } from '../format';
import type { Health } from '../model';
import { href } from '../route';
import { useLoad, useSession } from '../state';
import { t } from '../texts';
import { Badge, Banner, Card, Empty, Facts, Failure, Progress, Skeleton } from '../ui/basic';

export function HealthPage() {
  const { session } = useSession();
  const { data: h, error, reload } = useLoad((s) => get<Health>('health', s), 'health', 10_000);
  if (!h) return <div class="card">{error ? <Failure error={error} retry={reload} /> : <Skeleton />}</div>;
  const used = h.disk && h.disk.bytes + h.disk.free > 0 ? h.disk.bytes / (h.disk.bytes + h.disk.free) : null;
  return (
    <div class="stack">
      {h.state === 'ok' ? <Banner kind="good" icon="check">{t.health.ok}</Banner> : <Banner kind="warning" icon="alert">{t.health.warning}</Banner>}
      {(h.problems ?? []).map((p, i) => <Banner key={i} kind="warning" icon="alert"><b>{p.text}</b>{p.todo && <div>{p.todo}</div>}{!!p.weakens?.length && <div class="row wrap small">{t.health.weakens} {p.weakens.map((b) => <Badge key={b}>{b}</Badge>)}</div>}</Banner>)}
      <Card title={t.health.now}><div class="stack">
        <Facts of={[[t.health.version, session.version], [t.health.uptime, h.uptime === undefined ? null : duration(h.uptime)], [t.menu.activities, h.activities === undefined ? null : number(h.activities)], [t.health.waiting, h.inputsWaiting === undefined ? null : number(h.inputsWaiting)],
          [t.health.disk, h.disk && t.health.diskText(bytes(h.disk.bytes), bytes(h.disk.free)) + (used === null ? '' : ` (${percent(used)})`)]]} />
        {h.analysis?.state === 'running' && <Progress label={t.dashboard.analysing} value={h.analysis.progress ?? 0} />}
      </div></Card>
      <Card title={t.health.blind} flush>{!h.blind?.length ? <Empty icon="check" title={t.health.noBlind} /> : <ul class="list">{h.blind.map((b) => <li key={b.policy}><a class="item" href={href('policies', { p: b.policy })}><span class="grow"><b>{b.name}</b><div class="muted small">{t.health.lacks(b.missing)}</div></span></a></li>)}</ul>}</Card>
      {!!h.unread?.length && <Card title={t.health.partly} flush>
        <div class="body muted small">{t.health.partlyWhy}</div>
        <ul class="list">{h.unread.map((u) => <li key={`${u.sensor} ${u.reason}`}><div class="item"><span class="grow"><b>{u.sensor}</b> {t.unread[u.reason] ?? u.reason}<div class="muted small">{t.health.partlyCount(u.records)}</div>
          <div class="row wrap small">{u.blinds.map((b) => <a key={b} href={href('policies', { p: b })}><Badge>{b}</Badge></a>)}</div></span></div></li>)}</ul>
      </Card>}
      <Card title={t.dashboard.learning} flush>{!h.learning?.length ? <Empty icon="check" title={t.dashboard.noLearning} /> : <ul class="list">{h.learning.map((l) => <li key={l.policy}><div class="item"><span class="grow">{l.name}</span><span class="muted">{t.daysLeft(Math.ceil(l.daysLeft))}</span></div></li>)}</ul>}</Card>
    </div>
  );
}
