// pages/policy-drawer.tsx - one policy: what it means and what its owner may change about it.
import { useState } from 'preact/hooks';
import { del, get, put, query } from '../api';
import { date } from '../format';
import type { Exclusion, List, Param, Policy, Ref, Suggestion } from '../model';
import { go, href } from '../route';
import { attempt, useDenied, useLoad } from '../state';
import { t } from '../texts';
import { Badge, Banner, Button, Failure, LinkButton, SeverityBadge, Skeleton } from '../ui/basic';
import { Field, Input, Select, Switch } from '../ui/form';
import { Icon } from '../ui/icon';
import { Confirm, Drawer } from '../ui/overlay';
import { GovernancePicks } from './govern';

function Params({ of, set }: { of: Param[]; set: (p: Param[]) => void }) {
  return (
    <div class="stack">
      {of.map((p, i) => (
        <Field key={p.name} label={p.name.replace(/_/g, ' ')} about={`${p.about ?? ''} ${t.policies.byDefault(String(p.default))}`.trim()}>
          <Input type={typeof p.default === 'number' ? 'number' : 'text'} step="any" value={String(p.value)} onChange={(v) => set(of.map((x, j) => (j === i ? { ...x, value: typeof p.default === 'number' ? Number(v) : v } : x)))} />
        </Field>
      ))}
    </div>
  );
}

/** Users and groups, found by typing. */
export function People({ label, about, now, set, of = 'everybody' }: { label: string; about?: string; now: Ref[]; set: (r: Ref[]) => void; of?: 'everybody' | 'groups' }) {
  const [text, setText] = useState('');
  const found = useLoad((s) => (text.length < 2 ? Promise.resolve({ data: [] } as List<Suggestion>) : get<List<Suggestion>>(`suggest${query({ of, q: text })}`, s)), text);
  const add = (r: Ref) => { set([...now.filter((x) => x.id !== r.id), r]); setText(''); };
  return (
    <div class="field"><span>{label}</span>
      <div class="values">
        {now.map((r) => <span key={r.id} class="chip">{r.name}<button type="button" aria-label={t.remove} onClick={() => set(now.filter((x) => x.id !== r.id))}><Icon tiny name="close" /></button></span>)}
        <input value={text} aria-label={label} placeholder={now.length ? '' : t.policies.choosePeople} onInput={(e) => setText(e.currentTarget.value)} onKeyDown={(e) => { const s = found.data?.data[0]; if (e.key === 'Enter') { e.preventDefault(); if (text.length > 1 && s) add({ id: s.value, name: s.label ?? s.value }); } }} />
        {text.length > 1 && !!found.data?.data.length && <ul class="suggestions">{found.data.data.map((s) => <li key={s.value} onPointerDown={(e) => { e.preventDefault(); add({ id: s.value, name: s.label ?? s.value }); }}>{s.label ?? s.value} <span class="muted small">{s.about === 'group' ? t.partyType['group'] : s.about}</span></li>)}</ul>}
      </div>
      {about && <small>{about}</small>}
    </div>
  );
}

export function Exclusions({ of, set, denied }: { of: Exclusion[]; set: (e: Exclusion[]) => void; denied?: string }) {
  const [name, setName] = useState('');
  const [until, setUntil] = useState('');
  const add = () => { set([...of, { name: name.trim(), ...(until && { until: new Date(until).toISOString() }) }]); setName(''); setUntil(''); };
  return (
    <div class="stack tight">
      {of.length === 0 && <p class="muted">{t.exclusions.none}</p>}
      <ul class="stack tight">{of.map((e) => <li key={e.name} class="row"><span class="grow mono">{e.name}</span><span class="muted small">{e.until ? t.exclusions.until(date(e.until)) : t.forEver}</span><Button kind="plain" compact icon="trash" label={t.remove} denied={denied} onClick={() => set(of.filter((x) => x !== e))} /></li>)}</ul>
      <div class="row"><Input compact value={name} onChange={setName} placeholder={t.exclusions.hint} aria-label={t.exclusions.name} /><Input compact type="date" value={until} onChange={setUntil} aria-label={t.until} /><Button compact denied={denied} disabled={!name.trim()} onClick={add}>{t.add}</Button></div>
    </div>
  );
}

function About({ of }: { of: Policy }) {
  return (
    <div class="stack tight">
      {of.off && <Banner kind="warning" icon="clock">{t.policies.off}</Banner>}
      {(of.about ?? of.description) && <p>{of.about ?? of.description}</p>}
      {of.blind && <p class="muted small">{t.policies.blindWhy(of.blind)}</p>}
      <div class="row wrap"><SeverityBadge of={of.severity} /><Badge>{t.category[of.category] ?? of.category}</Badge>{of.externalId && <Badge kind="onprem">{t.alert.externalId} {of.externalId}</Badge>}{of.attack?.map((a) => <Badge key={a}>{a}</Badge>)}{!!of.learningDays && <Badge>{t.policies.learning(Math.ceil(of.learningDays))}</Badge>}</div>
    </div>
  );
}

function Editor({ of, onDone }: { of: Policy; onDone: () => void }) {
  const [draft, set] = useState(of);
  const denied = useDenied('manage_policies');
  const acts = useDenied('govern');
  const changed = JSON.stringify(draft) !== JSON.stringify(of);
  const scope = { include: draft.scope?.include ?? [], exclude: draft.scope?.exclude ?? [] };
  const save = () => attempt(async () => {
    await put(`policies/${of.id}`, { enabled: draft.enabled, exclusions: draft.exclusions ?? [],
      ...(draft.params?.length && { params: draft.params.map(({ name, value }) => ({ name, value })) }), ...(draft.scope && { scope: draft.scope }), ...(draft.sensitivity ? { sensitivity: draft.sensitivity } : {}), ...(!acts && { governance: draft.governance ?? [] }) });
    onDone();
  }, t.saved);
  return (
    <>
      <div class="row between"><b>{t.policies.on}</b><Switch label={t.policies.toggle(of.name)} on={draft.enabled} denied={denied} onChange={(enabled) => set({ ...draft, enabled })} /></div>
      {of.sensitivity !== null && of.sensitivity !== undefined && <Select field label={t.policies.sensitivity} value={draft.sensitivity ?? 2} options={[[1, t.policies.low], [2, t.policies.normal], [3, t.policies.high]]} onChange={(sensitivity) => set({ ...draft, sensitivity })} />}
      {!!draft.params?.length && <section class="stack tight"><h3>{t.policies.params}</h3><Params of={draft.params} set={(params) => set({ ...draft, params })} /></section>}
      <section class="stack tight"><h3>{t.policies.scope}</h3>
        <People label={t.policies.include} about={t.policies.includeAbout} now={scope.include} set={(include) => set({ ...draft, scope: { ...scope, include } })} />
        <People label={t.policies.exclude} now={scope.exclude} set={(exclude) => set({ ...draft, scope: { ...scope, exclude } })} /></section>
      <section class="stack tight"><h3>{t.settings.nav['exclusions']}</h3><Exclusions of={draft.exclusions ?? []} set={(exclusions) => set({ ...draft, exclusions })} denied={denied} /></section>
      <section class="stack tight"><h3>{t.governance.section}</h3><GovernancePicks now={draft.governance ?? []} set={(governance) => set({ ...draft, governance })} denied={acts ?? denied} /></section>
      <div class="row"><Button kind="primary" denied={denied} disabled={!changed} onClick={save}>{t.save}</Button><Button disabled={!changed} onClick={() => set(of)}>{t.cancel}</Button></div>
    </>
  );
}

function ActivityPolicy({ of, onDone, onClose }: { of: Policy; onDone: () => void; onClose: () => void }) {
  const denied = useDenied('manage_policies');
  const [asking, ask] = useState(false);
  const toggle = (enabled: boolean) => void attempt(async () => { await put(`policies/${of.id}`, { enabled }); onDone(); }, t.saved);
  const remove = async () => { if (await attempt(() => del(`policies/${of.id}`), t.deleted)) { onClose(); onDone(); } };
  return (
    <>
      <div class="row between"><b>{t.policies.on}</b><Switch label={t.policies.toggle(of.name)} on={of.enabled} denied={denied} onChange={toggle} /></div>
      <p class="muted">{t.policies.matchText(of.match?.type === 'repeated' ? of.match.count ?? 1 : 1, of.match?.minutes ?? 0)}</p>
      <div class="row wrap"><Button kind="primary" icon="edit" denied={denied} onClick={() => go(`policies/${of.id}`)}>{t.edit}</Button>
        <LinkButton icon="activity" to={href('activities', { f: JSON.stringify(of.filters ?? {}) })}>{t.policies.showActivities}</LinkButton><Button icon="trash" denied={denied} onClick={() => ask(true)}>{t.delete}</Button></div>
      {of.createdBy && <p class="muted small">{t.policies.createdBy(of.createdBy)}</p>}
      {asking && <Confirm danger title={t.policies.deleteTitle} action={t.delete} onYes={remove} onClose={() => ask(false)}><p>{t.policies.deleteAbout(of.name)}</p></Confirm>}
    </>
  );
}

export function PolicyDrawer({ id, onClose, onChanged }: { id: string; onClose: () => void; onChanged: () => void }) {
  const { data: of, error, reload } = useLoad((s) => get<Policy>(`policies/${id}`, s), id);
  const done = () => { reload(); onChanged(); };
  return (
    <Drawer title={of?.name ?? t.loading} sub={of && t.policies.type[of.type]} onClose={onClose}>
      {!of ? (error ? <Failure error={error} retry={reload} /> : <Skeleton />) : <>
        <About of={of} />
        {of.type === 'activity' ? <ActivityPolicy of={of} onDone={done} onClose={onClose} /> : <Editor key={JSON.stringify(of)} of={of} onDone={done} />}
        {!!of.openAlerts && <LinkButton to={href('alerts', { f: JSON.stringify({ alertOpen: { eq: true }, 'entity.policy': { eq: [of.id] } }) })}>{t.alerts.openCount(of.openAlerts)}</LinkButton>}
      </>}
    </Drawer>
  );
}
