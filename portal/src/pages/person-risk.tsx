// pages/person-risk.tsx - tab "User risk": score, what it is made of, the last two weeks, and every contribution by day.
import { useState } from 'preact/hooks';
import { get, query } from '../api';
import { clock, day, higherThan, number, weekday } from '../format';
import type { List, TimelineDay, TimelineItem, User } from '../model';
import { withoutKind } from '../receipt';
import { change, href } from '../route';
import { useLoad } from '../state';
import { t } from '../texts';
import { Button, Card, Empty, Failure, Score, Skeleton } from '../ui/basic';
import { Chart, type Colours } from '../ui/chart';
import { Icon, type IconName } from '../ui/icon';
import { kindText } from '../words';
import { NeedsHub } from './needs-hub';

const openReceipt = () => change({ receipt: 1 });

function ring(of: User, c: Colours) {
  const share = of.share ?? { alerts: 0, activities: 0 };
  return {
    tooltip: { trigger: 'item', formatter: '{b}: {c} ({d} %)' },
    series: [{ type: 'pie', radius: ['64%', '88%'], label: { show: false }, emphasis: { scale: false }, itemStyle: { borderColor: c('surface'), borderWidth: 2 },
      data: [{ name: t.user.fromAlerts, value: share.alerts, itemStyle: { color: c('high-fill') } }, { name: t.user.fromActivities, value: share.activities, itemStyle: { color: c('accent-fill') } }] }],
  };
}

function Percentile({ value }: { value: number }) {
  return (
    <div class="stack tight">
      <div class="row between"><span>{t.user.percentileText(higherThan(value))}</span></div>
      <div class="percentile" role="img" aria-label={t.user.percentileText(higherThan(value))}><i style={{ left: `${value}%` }} /></div>
      <div class="percentile-scale"><span>0</span><span style={{ left: '50%' }}>50</span><span style={{ left: '90%' }}>90</span></div>
    </div>
  );
}

function Summary({ of }: { of: User }) {
  const share = of.share;
  return (
    <div class="grid">
      <section class="card span5"><div class="body stack">
        <h2>{t.user.priority}</h2>
        <div class="row"><div class="ring"><Chart short label={t.user.ring(share?.alerts ?? 0, share?.activities ?? 0)} option={(c) => ring(of, c)} /><span class="ring-score"><Score value={of.score} red={of.red} onClick={openReceipt} /></span></div>
          <ul class="stack tight">
            <li class="row"><i class="dot high" />{t.user.fromAlerts}<b class="num">{number(share?.alerts ?? 0)}</b></li>
            <li class="row"><i class="dot accent" />{t.user.fromActivities}<b class="num">{number(share?.activities ?? 0)}</b></li>
          </ul></div>
        <div><Button compact icon="sum" onClick={openReceipt}>{t.user.openReceipt}</Button></div>
        {of.percentile !== null && of.percentile !== undefined && <Percentile value={of.percentile} />}
      </div></section>
      <section class="card span7"><div class="body stack"><h2>{t.user.lastTwoWeeks}</h2><Bars of={of} /></div></section>
    </div>
  );
}

/** Points by day; a bracket joins the seven days that make the score. */
function Bars({ of }: { of: User }) {
  const days = of.days ?? [];
  if (!days.length) return <p class="muted">{t.user.noDays}</p>;
  const most = Math.max(1, ...days), step = 34, tall = 140, left = 6;
  const dayName = (i: number) => day(new Date(Date.now() - (days.length - 1 - i) * 86_400_000).toISOString().slice(0, 10));
  const x = (i: number) => left + i * step;
  const from = x(days.length - 7) + 2, to = x(days.length) - 10;
  return (
    <svg class={of.red ? 'bars red' : 'bars'} viewBox={`0 0 ${left * 2 + step * days.length} ${tall + 74}`} role="img" aria-label={t.user.twoWeeks(days.reduce((a, b) => a + b, 0))}>
      <path class="bracket" d={`M${from} 30v-6h${to - from}v6`} />
      <text class="muted" x={(from + to) / 2} y={16} text-anchor="middle">{t.user.bracket(number(of.score ?? 0))}</text>
      {days.map((d, i) => {
        const h = Math.round((tall * d) / most);
        return (
          <g key={i} class={i >= days.length - 7 ? `week ${of.red ? 'red' : ''}` : ''}>
            <title>{`${dayName(i)}: ${number(d)}`}</title>
            <rect class="value" x={x(i) + 4} y={36 + tall - h} width={step - 12} height={Math.max(h, 2)} rx={2} />
            {d > 0 && <text x={x(i) + step / 2 - 2} y={36 + tall - h - 4 < 48 ? 48 : 36 + tall - h - 4} text-anchor="middle" class={36 + tall - h - 4 < 48 ? 'inside' : ''}>{number(d)}</text>}
            {i % 3 === (days.length - 1) % 3 && <text class="muted" x={x(i) + step / 2 - 2} y={tall + 58} text-anchor="middle">{dayName(i)}</text>}
          </g>
        );
      })}
    </svg>
  );
}

const ICON: Record<string, IconName> = { alert: 'alert', activity: 'activity', day: 'clock' };
const itemHref = (i: TimelineItem) => (!i.ref ? null : i.kind === 'alert' ? href(`alerts/${i.ref}`) : i.kind === 'activity' ? href('activities', { f: JSON.stringify({ 'activity.id': { eq: [i.ref] } }), a: i.ref }) : null);

function Item({ of }: { of: TimelineItem }) {
  const to = itemHref(of);
  const title = of.title ? (of.kind === 'alert' ? of.title : kindText(of.title)) : withoutKind(of.kind, of.text ?? '');
  return (
    <li>
      <button type="button" class={of.kind === 'alert' ? 'points high' : 'points'} title={t.user.openReceipt} onClick={() => change({ receipt: 1, ref: of.ref ?? null })}>+{number(of.points)}</button>
      <Icon name={ICON[of.kind] ?? 'activity'} />
      <span class="grow wrap-anywhere">{to ? <a href={to} class={of.title ? 'strong' : ''}>{title}</a> : title}{of.title && of.text && <div class="muted small">{withoutKind(of.kind, of.text)}</div>}</span>
      {of.app && <span class="badge">{of.app.name}</span>}
      <span class="muted small nowrap">{clock(of.time)}</span>
    </li>
  );
}

function Timeline({ id }: { id: string }) {
  const [limit, setLimit] = useState(20);
  const { data, error, reload } = useLoad((s) => get<List<TimelineDay>>(`users/${id}/timeline${query({ skip: 0, limit })}`, s), [id, limit]);
  if (!data) return <Card title={t.user.timeline}>{error ? <Failure error={error} retry={reload} /> : <Skeleton />}</Card>;
  return (
    <Card title={t.user.timeline} flush>
      {data.data.length === 0 ? <Empty icon="history" title={t.user.noTimeline}>{t.user.noTimelineWhy}</Empty> : (
        <div class="timeline" data-test="timeline">
          {data.data.map((d) => <div key={d.day} class="day"><h3>{weekday(d.day)}<div class="muted small num">+{number(d.points)}</div></h3><ul>{d.items.map((i, n) => <Item key={n} of={i} />)}</ul></div>)}
          {data.data.length >= limit && <div class="pager"><Button compact onClick={() => setLimit(Math.min(100, limit + 20))}>{t.more}</Button></div>}
        </div>
      )}
    </Card>
  );
}

export function RiskTab({ of }: { of: User }) {
  return <div class="stack"><NeedsHub /><Summary of={of} /><Timeline id={of.id} /></div>;
}
