// pages/person.tsx - one person or computer: who, how exposed, how risky, and from what the score is made.
import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import { del, download, get, post } from '../api';
import type { PageProps } from '../frame';
import { ago, dateTime, number } from '../format';
import type { AlertRow, Filters, List, UsedBy as UsedByRow, User } from '../model';
import { change, go, href } from '../route';
import { attempt, useDenied, useLoad } from '../state';
import { t } from '../texts';
import { Avatar, Badge, Button, Card, Empty, Facts, Failure, LinkButton, PageHead, Score, Skeleton, TagBadges, Tabs } from '../ui/basic';
import { TextArea, TextInput } from '../ui/form';
import { Icon } from '../ui/icon';
import { Dialog, Menu } from '../ui/overlay';
import { Table } from '../ui/table';
import { ActivityTable } from './activity-table';
import { alertColumns } from './alerts';
import { ACTIONS, GovernDialog } from './govern';
import { RiskTab } from './person-risk';
import { ReceiptDrawer } from './receipt';

type Tab = 'risk' | 'alerts' | 'activities' | 'directory';
type Noun = 'users' | 'computers';

/** A manager that nothing resolves is named by the directory as a distinguished name. */
const plainName = (name: string) => /^CN=((?:[^,\\]|\\.)+),/i.exec(name)?.[1]?.replace(/\\(.)/g, '$1') ?? name;

function Who({ of, noun }: { of: User; noun: Noun }) {
  const facts: [string, ComponentChildren][] = [
    [t.user.position, of.title], [t.user.department, of.department], [t.user.manager, of.manager && (of.manager.id ? <a href={href(`users/${of.manager.id}`)}>{plainName(of.manager.name)}</a> : plainName(of.manager.name))],
    [t.user.mail, of.mail], [t.user.phone, of.phone], [t.user.upn, of.upn], [t.user.sam, of.sam && (of.domain ? `${of.domain}\\${of.sam}` : of.sam)],
  ];
  return (
    <Card>
      <div class="stack">
        <div class="row">{noun === 'users' ? <Avatar name={of.name} large /> : <span class="avatar large"><Icon name="computer" /></span>}<div class="grow"><h2 class="wrap-anywhere">{of.name}</h2><div class="muted">{of.title ?? (noun === 'computers' ? t.objectType['computer'] : '')}</div></div></div>
        {!!of.tags?.length && <div class="row wrap"><TagBadges tags={of.tags} /></div>}
        <Facts of={facts} />
      </div>
    </Card>
  );
}

function Threat({ of, noun, receipt }: { of: User; noun: Noun; receipt: () => void }) {
  const risk = of.risk?.identityRisk;
  return (
    <Card title={noun === 'users' ? t.user.threat : t.computers.threat}>
      <Facts of={[
        [t.user.priority, noun === 'users' && <Score key="s" value={of.score} red={of.red} onClick={of.score === null || of.score === undefined ? undefined : receipt} />],
        [t.user.openAlerts, <a key="a" href={href('alerts', { f: JSON.stringify({ alertOpen: { eq: true }, 'entity.entity': { eq: [of.id] } }) })}>{number(of.openAlerts ?? 0)}</a>],
        [t.user.identityRisk, noun === 'users' && (risk ? <Badge kind={risk}>{t.riskLevel[risk] ?? risk}</Badge> : <span class="muted">{t.user.noRisk}</span>)],
        [t.user.firstSeen, dateTime(of.firstSeen)], [t.user.lastSeen, <span key="l" title={dateTime(of.lastSeen)}>{ago(of.lastSeen)}</span>],
        [t.user.baseline, of.baseline && t.user.baselineText(of.baseline.days, of.baseline.events)],
      ]} />
    </Card>
  );
}

function Exposure({ of }: { of: User }) {
  const e = of.exposure;
  if (!e) return null;
  const rows: [string, number | undefined][] = [[t.user.devices, e.devices], [t.user.accounts, e.accounts], [t.user.resources, e.resources], [t.user.locations, e.locations]];
  return (
    <Card title={t.user.exposure}>
      <dl class="facts">{rows.map(([name, n]) => <><dt key={name}>{name}</dt><dd class="num">{n === undefined ? t.none : number(n)}</dd></>)}</dl>
    </Card>
  );
}

function UsedBy({ of }: { of: User }) {
  if (!of.users?.length) return null;
  const row = (u: UsedByRow, i: number) => {
    const { id, name } = u.who ?? u;
    const inside = <><Avatar name={name ?? ''} /><span class="grow clip">{name ?? t.none}</span><span class="muted num">{number(u.n)}</span></>;
    return <li key={id ?? i}>{id ? <a class="item" href={href(`users/${id}`)}>{inside}</a> : <div class="item">{inside}</div>}</li>;
  };
  return <Card title={t.computers.usedBy} flush><ul class="list">{of.users.map(row)}</ul></Card>;
}

function DirectoryTab({ of }: { of: User }) {
  const groups = of.groups ?? [];
  const list = (direct: boolean) => groups.filter((g) => g.direct === direct);
  const show = (title: string, shown: typeof groups) => (
    <Card title={`${title} (${number(shown.length)})`} flush>
      {shown.length === 0 ? <Empty icon="group" title={t.user.noGroups} /> : <ul class="list">{shown.map((g) => <li key={g.id}><div class="item"><Icon name="group" /><span class="grow">{g.name}</span>{g.sensitive && <Badge kind="medium">{t.tag['sensitive']}</Badge>}</div></li>)}</ul>}
    </Card>
  );
  return (
    <div class="grid">
      <section class="card span12"><div class="body stack">
        <Facts of={[[t.user.sid, of.sid && <code>{of.sid}</code>], [t.user.domain, of.domain], [t.user.sam, of.sam], [t.user.upn, of.upn],
          [t.user.flags, of.flags?.length ? <span class="row wrap">{of.flags.map((f) => <Badge key={f}>{f}</Badge>)}</span> : null],
          [t.user.spellings, of.accounts?.length ? <ul>{of.accounts.map((a) => <li key={a.text} class="mono wrap-anywhere">{a.text}</li>)}</ul> : null]]} />
        {!of.sid && !groups.length && <p class="muted">{t.user.noDirectory}</p>}
      </div></section>
      <div class="span6">{show(t.user.directGroups, list(true))}</div><div class="span6">{show(t.user.nestedGroups, list(false))}</div>
    </div>
  );
}

/** A computer has no score of its own: what concerns it are alerts. */
function AlertsTab({ id }: { id: string }) {
  const body = { filters: { 'entity.entity': { eq: [id] } }, sortField: 'date', sortDirection: 'desc', skip: 0, limit: 50 };
  const { data, error, reload } = useLoad((s) => post<List<AlertRow>>('alerts/query', body, s), id);
  return (
    <div class="card">
      {!data ? (error ? <Failure error={error} retry={reload} /> : <Skeleton />) : data.data.length === 0 ? <Empty icon="check" title={t.computers.noAlerts}>{t.computers.noAlertsWhy}</Empty>
        : <Table label={t.menu.alerts} columns={alertColumns().map(({ sort: _, ...c }) => c)} rows={data.data} keyOf={(a) => a.id} onOpen={(a) => go(`alerts/${a.id}`)} unread={(a) => !a.read && a.status === 'open'} />}
    </div>
  );
}

function ResetDialog({ of, onClose, onDone }: { of: User; onClose: () => void; onDone: () => void }) {
  const [text, setText] = useState('');
  const run = async () => { if (await attempt(() => post(`users/${of.id}/reset`, { comment: text }), t.user.resetDone)) onDone(); };
  return (
    <Dialog title={t.user.reset} onClose={onClose} onSubmit={run} footer={<><Button onClick={onClose}>{t.cancel}</Button><Button kind="primary" type="submit">{t.user.reset}</Button></>}>
      <p>{t.user.resetAbout(of.name)}</p>
      <TextArea label={t.alerts.comment} value={text} onChange={setText} />
    </Dialog>
  );
}

/** For good, so the name is typed; the person goes from the list at once. */
function EraseDialog({ of, onClose }: { of: User; onClose: () => void }) {
  const [name, setName] = useState('');
  const run = async () => { if (await attempt(() => del(`personal/${of.id}`, { name: name.trim() }), t.user.eraseDone)) go('users'); };
  return (
    <Dialog title={t.user.eraseTitle} onClose={onClose} onSubmit={run} footer={<><Button onClick={onClose}>{t.cancel}</Button><Button kind="danger" type="submit" disabled={name.trim() !== of.name}>{t.user.eraseNow}</Button></>}>
      <div class="stack">
        <p>{t.user.eraseGoes(of.name)}</p>
        <p>{t.user.eraseStays}</p>
        <p>{t.user.eraseLater}</p>
        <TextInput label={t.user.eraseType(of.name)} value={name} onChange={setName} autocomplete="off" required />
      </div>
    </Dialog>
  );
}

function Actions({ of, noun, govern, reset, erase }: { of: User; noun: Noun; govern: (action: string) => void; reset: () => void; erase: () => void }) {
  const manage = useDenied('manage_alerts');
  const personal = useDenied('personal_data');
  const acts = useDenied('govern');
  const log = useDenied('view_governance');
  if (noun === 'computers') return null;
  return (
    <Menu label={t.user.actions} kind="primary" items={[
      ...ACTIONS.map((a) => ({ text: t.governance.actions[a] ?? a, denied: acts, onClick: () => govern(a) })),
      { text: t.governance.ofUser, denied: log, onClick: () => go('governance', { user: of.id }) }, null,
      { text: t.user.reset, denied: manage, onClick: reset }, null,
      { text: t.user.export, denied: personal, onClick: () => attempt(() => download('GET', `personal/${of.id}`)) },
      { text: t.user.erase, denied: personal, onClick: erase },
    ]} />
  );
}

export function PersonPage({ route, id }: PageProps) {
  const noun: Noun = route.path[0] === 'computers' ? 'computers' : 'users';
  const { data: of, error, reload } = useLoad((s) => get<User>(`${noun}/${id}`, s), [noun, id]);
  const [resetting, setResetting] = useState(false);
  const [erasing, setErasing] = useState(false);
  const [governing, govern] = useState<string | null>(null);
  const first: Tab = noun === 'users' ? 'risk' : 'alerts';
  const tab = (route.params.get('tab') ?? first) as Tab;
  if (!of) return <div class="page"><div class="card">{error ? <Failure error={error} retry={reload} /> : <Skeleton rows={12} />}</div></div>;
  const filters: Filters = noun === 'users' ? { 'user.username': { eq: [id] } } : { entity: { eq: [id] } };
  const tabs: [Tab, string][] = [noun === 'users' ? ['risk', t.user.tabs.risk] : ['alerts', t.menu.alerts], ['activities', t.user.tabs.activities], ['directory', t.user.tabs.directory]];
  return (
    <div class="page">
      <PageHead crumbs={<a href={href(noun)}>{t.menu[noun]}</a>} title={of.name} actions={<Actions of={of} noun={noun} govern={govern} reset={() => setResetting(true)} erase={() => setErasing(true)} />} />
      <div class="split">
        <div class="stack"><Who of={of} noun={noun} /><Threat of={of} noun={noun} receipt={() => change({ receipt: 1 })} /><Exposure of={of} /><UsedBy of={of} /></div>
        <div class="stack">
          <Tabs now={tab} onChange={(next) => change({ tab: next === first ? null : next, skip: null, a: null })} tabs={tabs} />
          {tab === 'risk' && <RiskTab of={of} />}
          {tab === 'alerts' && <AlertsTab id={id} />}
          {tab === 'activities' && <div class="card"><div class="toolbar"><span class="grow" /><LinkButton compact kind="quiet" icon="search" to={href('activities', { f: JSON.stringify(filters) })}>{t.user.inLog}</LinkButton></div><ActivityTable route={route} filters={filters} without={noun === 'users' ? ['user'] : []} empty={<Empty icon="activity" title={t.user.noActivities}>{t.user.noActivitiesWhy}</Empty>} /></div>}
          {tab === 'directory' && <DirectoryTab of={of} />}
        </div>
      </div>
      {route.params.get('receipt') && <ReceiptDrawer id={id} shown={of.score ?? 0} name={of.name} mark={route.params.get('ref')} onClose={() => change({ receipt: null, ref: null })} />}
      {governing && <GovernDialog of={of} action={governing} onClose={() => govern(null)} />}
      {erasing && <EraseDialog of={of} onClose={() => setErasing(false)} />}
      {resetting && <ResetDialog of={of} onClose={() => setResetting(false)} onDone={() => { setResetting(false); reload(); }} />}
    </div>
  );
}
