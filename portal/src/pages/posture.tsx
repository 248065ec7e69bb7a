// pages/posture.tsx - identity security posture: what weakens identities, who is affected, what to do. There while the link is on.
import { ApiError, download, get } from '../api';
import type { PageProps } from '../frame';
import { ago, dateTime, number } from '../format';
import type { Assessment, AssessmentPage, List } from '../model';
import { go, href } from '../route';
import { attempt, useLoad, useSession } from '../state';
import { t } from '../texts';
import { Badge, Button, Card, Empty, Failure, LinkButton, PageHead, Skeleton, TagBadges } from '../ui/basic';
import { Chart, axis, type Colours } from '../ui/chart';
import { Table } from '../ui/table';
import { day } from '../format';

const statusKind = { at_risk: 'high', completed: 'good', unknown: '' } as const;

function Unlinked() {
  const { session } = useSession();
  const on = session.link.state === 'on';
  return <Empty icon="link" title={on ? t.posture.none : t.posture.off} action={!on && <LinkButton kind="primary" to={href('settings/link')}>{t.link.title}</LinkButton>}>{on ? t.posture.noneWhy : t.posture.offWhy}</Empty>;
}

const gone = (e: unknown) => e instanceof ApiError && (e.status === 404 || e.status === 409);

function Trend({ of }: { of: Assessment }) {
  const trend = of.trend ?? [];
  const most = Math.max(1, ...trend.map((d) => d.affected));
  if (trend.length < 2) return <span class="muted">{t.none}</span>;
  return <span class="spark" role="img" aria-label={t.posture.trend}>{trend.slice(-14).map((d) => <i key={d.day} class="week" style={{ height: `${Math.round((20 * d.affected) / most)}px` }} />)}</span>;
}

export function Posture() {
  const { data, error, reload } = useLoad((s) => get<List<Assessment>>('posture', s), 'posture');
  return (
    <div class="page">
      <PageHead title={t.menu.posture} about={t.posture.about} />
      <div class="card">
        {!data && !error ? <Skeleton /> : error && !gone(error) ? <Failure error={error} retry={reload} /> : !data?.data.length ? <Unlinked />
          : <Table label={t.menu.posture} rows={data.data} keyOf={(a) => a.id} onOpen={(a) => go(`posture/${a.id}`)} columns={[
              { id: 'name', head: t.posture.assessment, cell: (a) => <a class="strong" href={href(`posture/${a.id}`)}>{a.name}</a> },
              { id: 'status', head: t.state, cell: (a) => <Badge kind={statusKind[a.status] ?? ''}>{t.posture.status[a.status] ?? a.status}</Badge> },
              { id: 'impact', head: t.posture.impact, cell: (a) => <Badge kind={a.impact}>{t.severity[a.impact]}</Badge> },
              { id: 'trend', head: t.posture.trend, cell: (a) => <Trend of={a} /> },
              { id: 'affected', head: t.posture.affected, right: true, cell: (a) => <b>{number(a.affected)}</b> },
              { id: 'asOf', head: t.posture.asOf, right: true, cell: (a) => ago(a.asOf) },
            ]} />}
      </div>
    </div>
  );
}

const trendOption = (of: Assessment, c: Colours) => ({
  grid: { left: 8, right: 16, top: 16, bottom: 8, containLabel: true }, tooltip: { trigger: 'axis' },
  xAxis: { type: 'category', data: (of.trend ?? []).map((d) => day(d.day)), ...axis(c) }, yAxis: { type: 'value', minInterval: 1, ...axis(c), axisLine: { show: false } },
  series: [{ type: 'line', name: t.posture.affected, step: 'end', symbol: 'none', areaStyle: { opacity: 0.12 }, lineStyle: { color: c('accent-fill') }, itemStyle: { color: c('accent-fill') }, data: (of.trend ?? []).map((d) => d.affected) }],
});

function Entities({ of }: { of: AssessmentPage }) {
  const rows = of.entities ?? [];
  if (!rows.length) return <Empty icon="check" title={of.status === 'unknown' ? t.posture.unknown : t.posture.clean}>{of.status === 'unknown' ? t.posture.unknownWhy : ''}</Empty>;
  return (
    <Table label={t.posture.affected} rows={rows} keyOf={(e) => e.id} onOpen={(e) => go(`${e.type === 'computer' ? 'computers' : 'users'}/${e.id}`)} columns={[
      { id: 'name', head: t.name, cell: (e) => <><a class="strong" href={href(`${e.type === 'computer' ? 'computers' : 'users'}/${e.id}`)}>{e.name}</a><div class="row wrap"><TagBadges tags={e.tags} /></div></> },
      { id: 'type', head: t.type, cell: (e) => t.objectType[e.type] ?? e.type },
      { id: 'why', head: t.posture.why, cell: (e) => <ul>{(e.evidence ?? []).slice(0, 3).map((x, i) => <li key={i} class="small">{x.activity ? <a href={href('activities', { f: JSON.stringify({ 'activity.id': { eq: [x.activity] } }), a: x.activity })}>{x.text}</a> : x.text}{x.time && <span class="muted"> {dateTime(x.time)}</span>}</li>)}</ul> },
      { id: 'exposure', head: t.posture.exposure, right: true, cell: (e) => (e.exposure === undefined ? t.none : number(e.exposure)) },
      { id: 'seen', head: t.user.lastSeen, right: true, cell: (e) => ago(e.lastSeen) },
    ]} />
  );
}

export function PosturePage({ id }: PageProps) {
  const { data: of, error, reload } = useLoad((s) => get<AssessmentPage>(`posture/${id}`, s), id);
  if (!of) return <div class="page"><div class="card">{!error ? <Skeleton rows={8} /> : gone(error) ? <Unlinked /> : <Failure error={error} retry={reload} />}</div></div>;
  const report = (format: 'csv' | 'xlsx') => attempt(() => download('GET', `posture/${id}/report?format=${format}`));
  return (
    <div class="page">
      <PageHead crumbs={<a href={href('posture')}>{t.menu.posture}</a>} title={of.name}
        about={<span class="row"><Badge kind={statusKind[of.status] ?? ''}>{t.posture.status[of.status] ?? of.status}</Badge><Badge kind={of.impact}>{t.labelled(t.posture.impact, t.severity[of.impact].toLowerCase())}</Badge></span>}
        actions={<><Button icon="download" onClick={() => report('csv')}>CSV</Button><Button icon="download" onClick={() => report('xlsx')}>{t.posture.workbook}</Button></>} />
      <div class="split wide-right">
        <Card title={`${t.posture.affected} (${number(of.affected)})`} flush><Entities of={of} /></Card>
        <div class="stack">
          {of.about && <Card title={t.posture.whyRisky}><p>{of.about}</p></Card>}
          {!!of.todo?.length && <Card title={t.alert.whatToDo}><ul class="bullets">{of.todo.map((x, i) => <li key={i}>{x}</li>)}</ul></Card>}
          {(of.trend?.length ?? 0) > 1 && <Card title={t.posture.trend}><Chart short label={t.posture.trend} option={(c) => trendOption(of, c)} /></Card>}
        </div>
      </div>
    </div>
  );
}
