// pages/alert.tsx - one alert: what happened, on what evidence, what to do, and what was done about it.
import type { ComponentChildren } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { download, get, post } from '../api';
import type { PageProps } from '../frame';
import { ago, dateTime, number } from '../format';
import type { Alert } from '../model';
import { change, href } from '../route';
import { attempt, notify, useDenied, useLoad, useSession } from '../state';
import { t } from '../texts';
import { Avatar, Badge, Banner, Button, Card, Empty, Facts, Failure, LinkButton, PageHead, SeverityBadge, ShoreBadge, Skeleton } from '../ui/basic';
import { Field, Input, Select, TextArea } from '../ui/form';
import { Icon } from '../ui/icon';
import { Dialog, Menu } from '../ui/overlay';
import { kindText } from '../words';
import { ActivityDrawer } from './activity-drawer';
import { CloseDialog, type CloseAs } from './alert-close';
import { Picture } from './alert-picture';
import { StatusBadge } from './alerts';

type Open = { is: 'close'; as: CloseAs } | { is: 'suppress' } | { is: 'exclude' } | null;

function Suppress({ alert, onClose, onDone }: { alert: Alert; onClose: () => void; onDone: () => void }) {
  const [by, setBy] = useState<'user' | 'source' | 'ip'>('user');
  const [days, setDays] = useState('7');
  const submit = async () => {
    const until = days ? new Date(Date.now() + Number(days) * 86_400_000).toISOString() : undefined;
    if (await attempt(() => post(`alerts/${alert.id}/suppress`, { by, ...(until && { until }) }), t.alert.suppressed)) onDone();
  };
  return (
    <Dialog title={t.alert.suppress} onClose={onClose} onSubmit={submit} footer={<><Button onClick={onClose}>{t.cancel}</Button><Button kind="primary" type="submit">{t.alert.suppress}</Button></>}>
      <p>{t.alert.suppressAbout}</p>
      <Select field label={t.alert.suppressBy} value={by} options={[['user', t.alert.by.user], ['source', t.alert.by.source], ['ip', t.alert.by.ip]]} onChange={setBy} />
      <Select field label={t.until} value={days} options={[['1', t.forDays(1)], ['7', t.forDays(7)], ['30', t.forDays(30)], ['', t.forEver]]} onChange={setDays} />
    </Dialog>
  );
}

function Exclude({ alert, onClose, onDone }: { alert: Alert; onClose: () => void; onDone: () => void }) {
  const offered = [...new Set([...(alert.users ?? []).map((u) => u.name), alert.source?.label, ...(alert.parties ?? []).map((p) => p.label)].filter((x): x is string => !!x))];
  const [name, setName] = useState(offered[0] ?? '');
  const [until, setUntil] = useState('');
  const submit = async () => {
    if (await attempt(() => post(`alerts/${alert.id}/exclude`, { name, ...(until && { until: new Date(until).toISOString() }) }), t.alert.excluded(name))) onDone();
  };
  return (
    <Dialog title={t.alert.exclude} onClose={onClose} onSubmit={submit} footer={<><Button onClick={onClose}>{t.cancel}</Button><Button kind="primary" type="submit" disabled={!name}>{t.alert.exclude}</Button></>}>
      <p>{t.alert.excludeAbout(alert.name)}</p>
      <Field label={t.exclusions.name}><Input value={name} list="excluded" onChange={setName} /><datalist id="excluded">{offered.map((o) => <option key={o} value={o} />)}</datalist></Field>
      <Field label={t.until} about={t.exclusions.untilAbout}><Input type="date" value={until} onChange={setUntil} /></Field>
    </Dialog>
  );
}

function Advice({ advice }: { advice: Alert['advice'] }) {
  const part = (title: string, lines?: string[]) => (lines?.length ? <div class="stack tight"><h3>{title}</h3><ul class="bullets">{lines.map((l, i) => <li key={i}>{l}</li>)}</ul></div> : null);
  const parts = [part(t.alert.scope, advice?.scope), part(t.alert.remediation, advice?.remediation), part(t.alert.prevention, advice?.prevention)].filter(Boolean);
  if (!parts.length) return null;
  return <Card title={t.alert.whatToDo}><div class="stack">{parts}</div></Card>;
}

function Evidence({ alert, open }: { alert: Alert; open: (id: string) => void }) {
  const list = alert.evidence ?? [];
  const total = alert.evidenceTotal ?? list.length;
  return (
    <Card title={`${t.alert.evidence} (${number(total)})`} flush extra={<LinkButton compact kind="quiet" to={href('activities', { f: JSON.stringify({ 'activity.alertId': { eq: [alert.id] } }) })}>{t.alert.allActivities}</LinkButton>}>
      {list.length === 0 ? <Empty icon="activity" title={t.alert.noEvidence}>{t.alert.noEvidenceWhy}</Empty> : (
        <ul class="list" data-test="evidence">
          {list.map((e) => (
            <li key={e.activity}>
              <div class="item"><Icon name="activity" />
                <span class="grow">{e.seen === false ? <span class="strong">{kindText(e.kind)}</span> : <a href={href(`alerts/${alert.id}`, { a: e.activity })} class="strong">{kindText(e.kind)}</a>}{e.description && <div class="sub muted small wrap-anywhere">{e.description}</div>}</span>
                <span class="muted small nowrap">{dateTime(e.time)}</span>
                <Button compact kind="quiet" denied={e.seen === false ? t.alert.unseen : undefined} onClick={() => open(e.activity)}>{t.activity.raw}</Button>
              </div>
            </li>
          ))}
        </ul>
      )}
    </Card>
  );
}

function History({ alert, reload }: { alert: Alert; reload: () => void }) {
  const [text, setText] = useState('');
  const denied = useDenied('manage_alerts');
  const add = () => attempt(async () => { await post(`alerts/${alert.id}/comment`, { text }); setText(''); reload(); });
  const lines = [...(alert.history ?? [])].sort((a, b) => b.time.localeCompare(a.time));
  return (
    <Card title={t.alert.history}>
      <div class="stack">
        {!denied && <div class="stack tight"><TextArea label={t.alerts.comment} rows={2} value={text} onChange={setText} placeholder={t.alert.commentHint} /><div><Button compact disabled={!text.trim()} onClick={add}>{t.alert.addComment}</Button></div></div>}
        <ol class="stack tight" data-test="history">
          {lines.map((h, i) => <li key={i} class="row top"><Icon tiny name="history" /><span class="grow"><b>{t.happened[h.what] ?? h.what}</b>{h.by ? ` · ${h.by}` : ''}{h.text && <div class="wrap-anywhere">{t.status[h.text] ?? h.text}</div>}<div class="muted small">{dateTime(h.time)}</div></span></li>)}
        </ol>
      </div>
    </Card>
  );
}

function Concerned({ alert }: { alert: Alert }) {
  const parties = alert.parties ?? [];
  const page = (type: string, entity?: string | null) => (!entity ? null : type === 'account' || type === 'user' ? href(`users/${entity}`) : type === 'device' || type === 'computer' ? href(`computers/${entity}`) : null);
  return (
    <Card title={t.alert.concerned} flush>
      <ul class="list">
        {(alert.users ?? []).map((u) => <li key={u.id}><a class="item" href={href(`users/${u.id}`)}><Avatar name={u.name} /><span class="grow strong clip">{u.name}</span>{alert.points?.filter((p) => p.user.id === u.id).map((p) => <Badge key="p" kind="medium">+{number(p.points)}</Badge>)}</a></li>)}
        {parties.filter((p) => !alert.users?.some((u) => u.id === p.entity)).map((p, i) => {
          const to = page(p.type, p.entity);
          const text = <><span class="grow wrap-anywhere">{p.label}</span><span class="muted small">{p.role ? t.role[p.role.toLowerCase()] ?? p.role : t.partyType[p.type] ?? p.type}{p.certainty ? ` · ${t.alert.certainty(p.certainty)}` : ''}</span></>;
          return <li key={i}>{to ? <a class="item" href={to}>{text}</a> : <div class="item">{text}</div>}</li>;
        })}
      </ul>
    </Card>
  );
}

function Actions({ alert, reload, set }: { alert: Alert; reload: () => void; set: (o: Open) => void }) {
  const denied = useDenied('manage_alerts');
  const exclude = useDenied('exclude');
  const mark = useDenied('mark_alerts');
  const governs = useDenied('view_governance');
  const reopen = () => attempt(async () => { await post(`alerts/${alert.id}/reopen`); reload(); }, t.alerts.reopened(1));
  const share = () => void navigator.clipboard?.writeText(location.href.replace(/\?.*$/, '')).then(() => notify(t.alert.copied));
  return (
    <>
      {alert.status === 'open' ? <Button kind="primary" icon="check" denied={denied} onClick={() => set({ is: 'close', as: 'true_positive' })}>{t.alerts.close}</Button> : <Button denied={denied} onClick={reopen}>{t.alerts.reopen}</Button>}
      <Menu label={t.actions} items={[
        { text: t.alert.exclude, icon: 'filter', denied: exclude, onClick: () => set({ is: 'exclude' }) },
        alert.suppressed && alert.status === 'open' ? { text: t.alerts.reopen, icon: 'bell', denied, onClick: reopen } : { text: t.alert.suppress, icon: 'bell', denied, onClick: () => set({ is: 'suppress' }) },
        { text: t.alerts.markUnread, icon: 'alert', denied: mark, onClick: () => attempt(() => post(`alerts/${alert.id}/unread`), t.alert.unread) },
        null,
        { text: t.alert.workbook, icon: 'download', onClick: () => attempt(() => download('GET', `alerts/${alert.id}/workbook`)) },
        { text: t.alert.share, icon: 'copy', onClick: share },
        ...(governs ? [] : [{ text: t.governance.ofAlert, icon: 'log' as const, href: href('governance', { alert: alert.id }) }]),
        ...(alert.policy ? [{ text: t.alert.policy, icon: 'policy' as const, href: href('policies', { p: alert.policy }) }] : []),
      ]} />
    </>
  );
}

function About({ alert }: { alert: Alert }) {
  const r = alert.resolution;
  const facts: [string, ComponentChildren][] = [
    [t.alert.first, dateTime(alert.start)], [t.alert.last, dateTime(alert.end)], [t.alert.count, alert.count > 1 ? number(alert.count) : null],
    [t.alerts.category, t.category[alert.category] ?? alert.category], [t.alert.externalId, alert.externalId ? String(alert.externalId) : null], [t.alerts.app, alert.app?.name],
    [t.alert.attack, alert.attack?.length ? alert.attack.join(', ') : null],
    [t.alert.resolution, r && alert.status !== 'open' ? `${t.status[r.status] ?? r.status}${r.reasonId !== null && r.reasonId !== undefined ? ` (${t.alerts.reasons[`${r.status}.${r.reasonId}`] ?? r.reasonId})` : ''}, ${r.by ?? ''} ${ago(r.time)}` : null],
    [t.alerts.comment, r?.comment],
  ];
  return <Card title={t.alert.facts}><Facts of={facts} /></Card>;
}

export function AlertPage({ route, id }: PageProps) {
  const { data: alert, error, reload } = useLoad((s) => get<Alert>(`alerts/${id}`, s), id);
  const [open, set] = useState<Open>(null);
  const { session } = useSession();
  const activity = route.params.get('a');
  useEffect(() => {
    if (alert && !alert.read && session.account.rights.includes('mark_alerts')) void post(`alerts/${id}/read`).catch(() => {});
  }, [alert?.id]);
  if (!alert) return <div class="page"><div class="card">{error ? <Failure error={error} retry={reload} /> : <Skeleton rows={10} />}</div></div>;
  const done = () => { set(null); reload(); };
  return (
    <div class="page">
      <PageHead crumbs={<a href={href('alerts')}>{t.menu.alerts}</a>} title={alert.name} actions={<Actions alert={alert} reload={reload} set={set} />}
        about={<span class="row wrap"><SeverityBadge of={alert.severity} /><StatusBadge of={alert} /><ShoreBadge of={alert.shore} />{alert.preview && <Badge>{t.alert.preview}</Badge>}<span class="muted">{ago(alert.end)}</span></span>} />
      {alert.description && <Banner kind="" icon="alert"><span data-test="description">{alert.description}</span></Banner>}
      <div class="split wide-right">
        <div class="stack">
          <Card title={t.alert.picture}><Picture alert={alert} /></Card>
          <Evidence alert={alert} open={(a) => change({ a, tab: 'raw' })} />
          <Advice advice={alert.advice} />
          {alert.about && alert.about !== alert.description && <Card title={t.alert.how}><p>{alert.about}</p></Card>}
        </div>
        <div class="stack"><About alert={alert} /><Concerned alert={alert} /><History alert={alert} reload={reload} /></div>
      </div>
      {activity && <ActivityDrawer key={activity} id={activity} tab={route.params.get('tab')} onClose={() => change({ a: null, tab: null })} />}
      {open?.is === 'close' && <CloseDialog ids={[id]} first={open.as} onClose={() => set(null)} onDone={done} />}
      {open?.is === 'suppress' && <Suppress alert={alert} onClose={() => set(null)} onDone={done} />}
      {open?.is === 'exclude' && <Exclude alert={alert} onClose={() => set(null)} onDone={done} />}
    </div>
  );
}
