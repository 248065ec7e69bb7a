// pages/activity-table.tsx - activities that a filter finds, page by page; on the log and on people's pages.
import { post } from '../api';
import { dateTime, number } from '../format';
import type { ActivityRow, Filters, List } from '../model';
import { change, href, type Route } from '../route';
import { useLoad } from '../state';
import { t } from '../texts';
import { Badge, Failure, Skeleton } from '../ui/basic';
import { Pager, Table, PAGE, type Column, type Sort } from '../ui/table';
import { kindText, placeText } from '../words';
import { ActivityDrawer } from './activity-drawer';

export const columns = (): Column<ActivityRow>[] => [
  { id: 'activity', head: t.activity.activity, cell: (a) => <><span class="strong">{kindText(a.kind)}</span>{a.outcome === 'failure' && <> <Badge kind="medium">{t.outcome['failure']}</Badge></>}{a.description && <div class="sub clip narrow" title={a.description}>{a.description}</div>}</> },
  { id: 'user', head: t.activity.user, cell: (a) => (a.actor?.id ? <a href={href(`users/${a.actor.id}`)}>{a.actor.name}</a> : a.actor?.name ?? t.none) },
  { id: 'app', head: t.activity.app, cell: (a) => a.app?.name ?? t.none },
  { id: 'ip', head: t.activity.ip, cell: (a) => <span class="mono">{a.ip ?? t.none}</span> },
  { id: 'location', head: t.activity.location, cell: (a) => placeText(a.location) },
  { id: 'device', head: t.activity.device, cell: (a) => a.device ?? a.agent?.os ?? t.none },
  { id: 'date', head: t.activity.time, sort: 'date', cell: (a) => <span class="nowrap">{dateTime(a.time)}</span> },
  { id: 'points', head: t.activity.points, right: true, cell: (a) => (a.points ? <Badge kind="medium">+{number(a.points)}</Badge> : '') },
];

interface Props { route: Route; filters: Filters; empty: preact.ComponentChildren; without?: string[]; hidden?: string[] }

export function ActivityTable({ route, filters, empty, without = [], hidden = [] }: Props) {
  const skip = Number(route.params.get('skip') ?? 0);
  const up = route.params.get('up') !== null;
  const sort: Sort = { by: 'date', down: !up };
  const body = { filters, sortDirection: up ? 'asc' : 'desc', skip, limit: PAGE };
  const { data, error, loading, reload } = useLoad((s) => post<List<ActivityRow>>('activities/query', body, s), body);
  const open = route.params.get('a');
  const gone = [...without, ...hidden];
  return (
    <>
      {error ? <Failure error={error} retry={reload} /> : !data ? <Skeleton rows={10} /> : data.data.length === 0 ? empty : (
        <div aria-busy={loading} data-test="activities">
          <Table label={t.menu.activities} columns={columns().filter((c) => !gone.includes(c.id))} rows={data.data} keyOf={(a) => a.id} openKey={open} onOpen={(a) => change({ a: a.id, at: null }, open !== null)}
            sort={sort} onSort={(s) => change({ up: s.down ? null : 1, skip: null }, true)} />
          <Pager skip={skip} shown={data.data.length} total={data.total} more={data.moreThanTotal} hasNext={data.hasNext} onSkip={(n) => change({ skip: n || null })} />
        </div>
      )}
      {open && <ActivityDrawer key={open} id={open} tab={route.params.get('at')} onClose={() => change({ a: null, at: null })} />}
    </>
  );
}
