// pages/governance.tsx - the governance log: what was asked to be done to people, what came of it, and what waits for somebody's word.
import { useState } from 'preact/hooks';
import { download, get, post, query } from '../api';
import type { PageProps } from '../frame';
import { dateTime } from '../format';
import type { Governed, List } from '../model';
import { change, href } from '../route';
import { attempt, useDenied, useLoad, usePaused } from '../state';
import { t } from '../texts';
import { Badge, Button, Empty, Failure, LinkButton, PageHead, Skeleton } from '../ui/basic';
import { Search, Select, TextArea } from '../ui/form';
import { Icon } from '../ui/icon';
import { Dialog } from '../ui/overlay';
import { Pager, Table, PAGE, type Column } from '../ui/table';
import { ACTIONS } from './govern';

const STATES = ['approval', 'waiting', 'running', 'done', 'failed', 'reverted', 'rejected'];
const BADGES: Record<string, string> = { approval: 'medium', done: 'good', failed: 'high' };
const moving = (g: Governed) => g.state === 'running' || g.state === 'waiting';

const actionName = (g: { action: string; revert?: boolean }) => (g.revert ? t.governance.reverts : t.governance.actions)[g.action] ?? g.action;

function RevertDialog({ of, onClose, onDone }: { of: Governed; onClose: () => void; onDone: () => void }) {
  const [reason, setReason] = useState('');
  const run = async () => { if (await attempt(() => post(`governance/${of.id}/revert`, { reason }), t.governance.asked)) onDone(); };
  return (
    <Dialog title={t.governance.revertTitle} onClose={onClose} onSubmit={run} footer={<><Button onClick={onClose}>{t.cancel}</Button><Button kind="primary" type="submit" disabled={!reason.trim()}>{t.governance.revert}</Button></>}>
      <div class="stack"><p>{t.governance.revertAbout(actionName({ action: of.action, revert: true }), of.user?.name ?? t.none)}</p>
        <TextArea label={t.governance.reason} value={reason} onChange={setReason} required /></div>
    </Dialog>
  );
}

function State({ of }: { of: Governed }) {
  const under = of.state === 'approval' && of.held ? t.governance.held[of.held] : of.state === 'done' && !of.changed ? t.governance.already : of.why;
  return (
    <><Badge kind={BADGES[of.state] ?? ''}>{t.governance.status[of.state] ?? of.state}</Badge>{under && <div class="sub wrap-anywhere">{under}</div>}
      {of.next && <div class="sub">{t.governance.next(dateTime(of.next))}</div>}{of.decidedBy && <div class="sub">{t.governance.decidedBy(of.decidedBy)}</div>}</>
  );
}

const columns = (doing: (g: Governed, verb: string) => void, revert: (g: Governed) => void, denied: string | undefined): Column<Governed>[] => [
  { id: 'time', head: t.activity.time, cell: (g) => <span class="nowrap">{dateTime(g.asked)}</span> },
  { id: 'action', head: t.governance.action, cell: (g) => <><b>{actionName(g)}</b>{g.domain && <div class="sub">{g.domain}</div>}</> },
  { id: 'user', head: t.activity.user, cell: (g) => (g.user ? g.user.id ? <a href={href(`users/${g.user.id}`)}>{g.user.name}</a> : g.user.name : <span class="muted">{t.governance.deleted}</span>) },
  { id: 'by', head: t.by, cell: (g) => (g.policy ? <><a href={href('policies', { p: g.policy.id })}>{g.policy.name}</a>{g.alert && <div class="sub"><a href={href(`alerts/${g.alert}`)}>{t.governance.alert}</a></div>}</> : <>{g.by ?? t.none}{g.reason && <div class="sub wrap-anywhere">{g.reason}</div>}</>) },
  { id: 'state', head: t.state, cell: (g) => <State of={g} /> },
  { id: 'more', head: '', right: true, cell: (g) => (
    <span class="row">
      {g.canDecide && <><Button compact kind="primary" denied={denied} onClick={() => doing(g, 'approve')}>{t.governance.approve}</Button><Button compact denied={denied} onClick={() => doing(g, 'reject')}>{t.governance.reject}</Button></>}
      {g.canRetry && <Button compact icon="refresh" denied={denied} onClick={() => doing(g, 'retry')}>{t.governance.retry}</Button>}
      {g.canRevert && <Button compact denied={denied} onClick={() => revert(g)}>{t.governance.revert}</Button>}
    </span>) },
];

export function Governance({ route }: PageProps) {
  const state = route.params.get('state') ?? '';
  const action = route.params.get('action') ?? '';
  const skip = Number(route.params.get('skip') ?? 0);
  const [text, setText] = useState('');
  const [reverting, revert] = useState<Governed | null>(null);
  const denied = useDenied('govern');
  const asked = { state, action, q: usePaused(text), user: route.params.get('user') ?? '', alert: route.params.get('alert') ?? '' };
  const { data, error, loading, reload } = useLoad((s) => get<List<Governed>>(`governance${query({ ...asked, skip, limit: PAGE })}`, s), [asked, skip], (d) => (d?.data.some(moving) ? 1500 : 30_000));
  const doing = (g: Governed, verb: string) => void attempt(async () => { await post(`governance/${g.id}/${verb}`); reload(); }, t.governance.asked);
  const narrowed = !!(state || action || asked.q || asked.user || asked.alert);
  const clear = () => { setText(''); change({ state: null, action: null, user: null, alert: null, skip: null }); };
  return (
    <div class="page">
      <PageHead title={t.menu.governance} about={t.governance.about} actions={<Button icon="download" onClick={() => attempt(() => download('GET', `governance/export${query(asked)}`))}>{t.export}</Button>} />
      <div class="card">
        <div class="toolbar">
          <Search value={text} onChange={setText} placeholder={t.governance.search} />
          <Select label={t.state} value={state} options={[['', t.governance.anyState], ...STATES.map((s): [string, string] => [s, t.governance.status[s] ?? s])]} onChange={(s) => change({ state: s || null, skip: null })} />
          <Select label={t.governance.action} value={action} options={[['', t.governance.anyAction], ...ACTIONS.map((a): [string, string] => [a, t.governance.actions[a] ?? a])]} onChange={(a) => change({ action: a || null, skip: null })} />
          {asked.alert && <span class="chip">{t.governance.alert}<button type="button" aria-label={t.remove} onClick={() => change({ alert: null, skip: null })}><Icon tiny name="close" /></button></span>}
          {asked.user && <span class="chip">{data?.data.find((g) => g.user)?.user?.name ?? t.activity.user}<button type="button" aria-label={t.remove} onClick={() => change({ user: null, skip: null })}><Icon tiny name="close" /></button></span>}
        </div>
        {!data ? (error ? <Failure error={error} retry={reload} /> : <Skeleton />) : data.data.length === 0
          ? narrowed ? <Empty title={t.noMatch} action={<Button onClick={clear}>{t.query.clear}</Button>} /> : <Empty icon="log" title={t.governance.none} action={<LinkButton to={href('users')}>{t.menu.users}</LinkButton>}>{t.governance.noneWhy}</Empty>
          : <div aria-busy={loading} data-test="governance"><Table label={t.menu.governance} rows={data.data} keyOf={(g) => String(g.id)} columns={columns(doing, revert, denied)} />
              <Pager skip={skip} shown={data.data.length} total={data.total} hasNext={data.hasNext} onSkip={(n) => change({ skip: n || null })} /></div>}
      </div>
      {reverting && <RevertDialog of={reverting} onClose={() => revert(null)} onDone={() => { revert(null); reload(); }} />}
    </div>
  );
}
