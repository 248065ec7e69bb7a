// pages/people.tsx - the lists of people and of computers.
import { useState } from 'preact/hooks';
import { get, query } from '../api';
import type { PageProps } from '../frame';
import { ago, dateTime, number, percent } from '../format';
import type { List, UserRow } from '../model';
import { change, go, href } from '../route';
import { useLoad, usePaused } from '../state';
import { t } from '../texts';
import { Avatar, Button, Empty, Failure, LinkButton, PageHead, Score, Skeleton, Spark, TagBadges } from '../ui/basic';
import { Search } from '../ui/form';
import { Icon } from '../ui/icon';
import { Pager, Table, PAGE, type Column, type Sort } from '../ui/table';

type Noun = 'users' | 'computers';

function columns(noun: Noun): Column<UserRow>[] {
  const all: (Column<UserRow> | null)[] = [
    { id: 'name', head: t.name, sort: 'name', cell: (u) => <span class="row">{noun === 'users' ? <Avatar name={u.name} /> : <Icon name="computer" />}<span><a class="strong" href={href(`${noun}/${u.id}`)}>{u.name}</a>{u.upn && <div class="sub">{u.upn}</div>}</span></span> },
    noun === 'users' ? { id: 'score', head: t.user.priority, sort: 'score', cell: (u) => <span class="row"><Score value={u.score} red={u.red} /><Spark days={u.days} red={u.red} /></span> } : null,
    noun === 'users' ? { id: 'percentile', head: t.user.percentile, right: true, cell: (u) => (u.percentile === null || u.percentile === undefined ? t.none : percent(u.percentile / 100)) } : null,
    { id: 'alerts', head: t.activity.openAlerts, right: true, cell: (u) => (u.openAlerts ? <a href={href('alerts', { f: JSON.stringify({ alertOpen: { eq: true }, 'entity.entity': { eq: [u.id] } }) })}>{number(u.openAlerts)}</a> : <span class="muted">0</span>) },
    noun === 'users' ? { id: 'title', head: t.user.position, cell: (u) => <>{u.title}{u.department && <div class="sub">{u.department}</div>}</> } : null,
    { id: 'tags', head: t.user.tags, cell: (u) => <span class="row wrap"><TagBadges tags={u.tags} /></span> },
    { id: 'seen', head: t.user.lastSeen, sort: 'lastSeen', cell: (u) => <span class="nowrap" title={dateTime(u.lastSeen)}>{ago(u.lastSeen)}</span> },
  ];
  return all.filter((c): c is Column<UserRow> => c !== null);
}

function PeopleList({ route, noun }: PageProps & { noun: Noun }) {
  const skip = Number(route.params.get('skip') ?? 0);
  // The server sorts names upwards, all else downwards.
  const by = route.params.get('sort') ?? (noun === 'users' ? 'score' : 'lastSeen');
  const sort: Sort = { by, down: by !== 'name' };
  const [text, setText] = useState(route.params.get('q') ?? '');
  const q = usePaused(text);
  const asked = { sort: sort.by, q, skip, limit: PAGE };
  const { data, error, loading, reload } = useLoad((s) => get<List<UserRow>>(`${noun}${query(asked)}`, s), asked);
  const search = (value: string) => { setText(value); change({ q: value || null, skip: null }, true); };
  const words = noun === 'users' ? t.people : t.computers;
  return (
    <div class="page">
      <PageHead title={t.menu[noun]} about={words.about} />
      <div class="card">
        <div class="toolbar"><Search value={text} onChange={search} placeholder={words.search} /></div>
        {error && !data ? <Failure error={error} retry={reload} /> : !data ? <Skeleton rows={8} /> : data.data.length === 0
          ? (q ? <Empty title={t.noMatch} action={<Button onClick={() => search('')}>{t.query.clear}</Button>} /> : <Empty icon={noun === 'users' ? 'users' : 'computer'} title={words.none} action={<LinkButton kind="primary" to={href('settings/inputs')}>{t.inputs.upload}</LinkButton>}>{words.noneWhy}</Empty>)
          : <div aria-busy={loading}>
              <Table label={t.menu[noun]} columns={columns(noun)} rows={data.data} keyOf={(u) => u.id} onOpen={(u) => go(`${noun}/${u.id}`)} sort={sort} onSort={(s) => change({ sort: s.by, skip: null }, true)} />
              <Pager skip={skip} shown={data.data.length} total={data.total} more={data.moreThanTotal} hasNext={data.hasNext} onSkip={(n) => change({ skip: n || null })} />
            </div>}
      </div>
    </div>
  );
}

export const Users = (p: PageProps) => <PeopleList {...p} noun="users" />;
export const Computers = (p: PageProps) => <PeopleList {...p} noun="computers" />;
