// pages/policy-editor.tsx - making or changing an activity policy: which activities, how often, what happens then.
import { useEffect, useState } from 'preact/hooks';
import { get, post, put } from '../api';
import { isEmpty } from '../filter';
import type { PageProps } from '../frame';
import { number } from '../format';
import type { Fields, Filters, List, Match, Policy, Template } from '../model';
import { filterOf, go, href } from '../route';
import { attempt, useDenied, useLoad, usePaused } from '../state';
import { t } from '../texts';
import { Banner, Button, Card, Failure, PageHead, Skeleton } from '../ui/basic';
import { Check, NumberInput, Select, TextArea, TextInput } from '../ui/form';
import { QueryBuilder } from '../ui/query';
import { CATEGORIES, SEVERITIES } from '../words';
import { GovernancePicks } from './govern';

interface Draft { name: string; about: string; severity: Policy['severity']; category: string; enabled: boolean; filters: Filters; match: Match; actions: { mail: boolean; webhook: boolean; syslog: boolean }; governance: string[]; dailyLimit: number }

const EMPTY: Draft = { name: '', about: '', severity: 'medium', category: 'threat detection', enabled: true, filters: {}, match: { type: 'single' }, actions: { mail: false, webhook: false, syslog: false }, governance: [], dailyLimit: 5 };

/** A date in a search says when to look; a policy looks from now on. */
export function withoutDates(filters: Filters): Filters {
  const { date: _d, created: _c, ...rest } = filters;
  return rest;
}

const draftOf = (p: Policy): Draft => ({ ...EMPTY, name: p.name, about: p.about ?? '', severity: p.severity, category: p.category, enabled: p.enabled, filters: p.filters ?? {}, match: p.match ?? { type: 'single' },
  actions: { ...EMPTY.actions, ...p.actions }, governance: p.governance ?? [], dailyLimit: p.dailyLimit ?? EMPTY.dailyLimit });

function Preview({ draft }: { draft: Draft }) {
  const asked = usePaused({ filters: draft.filters, match: draft.match, days: 7 }, 400);
  const { data, error } = useLoad((s) => (isEmpty(asked.filters) ? Promise.resolve(null) : post<{ activities: number; alerts: number }>('policies/preview', asked, s)), asked);
  return (
    <Card title={t.policies.preview}>
      {error ? <p class="muted">{error.message}</p> : !data ? <p class="muted">{t.policies.previewEmpty}</p>
        : <div class="stack tight" data-test="preview"><p>{t.policies.previewText(data.activities, data.alerts)}</p>{data.alerts > 50 && <Banner kind="warning" icon="alert">{t.policies.previewMany}</Banner>}
            <a href={href('activities', { f: JSON.stringify({ ...draft.filters, date: { gte_ndays: 7 } }) })}>{t.policies.showActivities} ({number(data.activities)})</a></div>}
    </Card>
  );
}

function MatchFields({ match, set }: { match: Match; set: (m: Match) => void }) {
  return (
    <Card title={t.policies.when}>
      <div class="stack">
        <div class="tile-choice">
          <label><input type="radio" name="match" checked={match.type === 'single'} onChange={() => set({ type: 'single' })} /><span><b>{t.policies.single}</b><br /><span class="muted small">{t.policies.singleAbout}</span></span></label>
          <label><input type="radio" name="match" checked={match.type === 'repeated'} onChange={() => set({ type: 'repeated', count: 10, minutes: 10, sameApp: false })} /><span><b>{t.policies.repeated}</b><br /><span class="muted small">{t.policies.repeatedAbout}</span></span></label>
        </div>
        {match.type === 'repeated' && <div class="form"><div class="two"><NumberInput label={t.policies.atLeast} min={2} value={match.count ?? 10} onChange={(count) => set({ ...match, count })} /><NumberInput label={t.policies.withinMinutes} min={1} value={match.minutes ?? 10} onChange={(minutes) => set({ ...match, minutes })} /></div><Check checked={!!match.sameApp} onChange={(sameApp) => set({ ...match, sameApp })}>{t.policies.sameApp}</Check></div>}
      </div>
    </Card>
  );
}

function Editor({ first, id, fields }: { first: Draft; id: string | null; fields: Fields }) {
  const [draft, set] = useState(first);
  const [mailable, setMailable] = useState(true);
  const denied = useDenied('manage_policies');
  const acts = useDenied('govern');
  useEffect(() => { get<{ mail?: { enabled: boolean } }>('notifications').then((n) => setMailable(!!n.mail?.enabled), () => {}); }, []);
  const part = (p: Partial<Draft>) => set({ ...draft, ...p });
  const save = () => attempt(async () => {
    const { governance, ...rest } = draft;
    const body = acts ? rest : { ...rest, governance };
    if (id) await put(`policies/${id}`, body); else await post('policies', body);
    go('policies', { type: 'activity' });
  }, t.saved);
  const action = (name: keyof Draft['actions'], text: string) => <Check checked={draft.actions[name]} onChange={(on) => part({ actions: { ...draft.actions, [name]: on } })}>{text}</Check>;
  return (
    <form class="split wide-right" onSubmit={(e) => { e.preventDefault(); void save(); }}>
      <div class="stack">
        <Card title={t.policies.basics}><div class="form">
          <TextInput label={t.name} value={draft.name} onChange={(name) => part({ name })} required autofocus />
          <TextArea label={t.policies.description} value={draft.about} onChange={(about) => part({ about })} />
          <div class="two"><Select field label={t.alerts.severity} value={draft.severity} options={SEVERITIES.map((s) => [s, t.severity[s]])} onChange={(severity) => part({ severity })} />
            <Select field label={t.alerts.category} value={draft.category} options={CATEGORIES.map((c) => [c, t.category[c] ?? c])} onChange={(category) => part({ category })} /></div>
        </div></Card>
        <Card title={t.policies.which}><QueryBuilder fields={fields.activities} filters={draft.filters} onChange={(filters) => part({ filters })} />{isEmpty(draft.filters) && <p class="muted">{t.policies.whichEmpty}</p>}</Card>
        <MatchFields match={draft.match} set={(match) => part({ match })} />
        <Card title={t.policies.then}><div class="stack">
          <p class="muted">{t.policies.thenAbout}</p>
          {action('mail', t.policies.sendMail)}{draft.actions.mail && !mailable && <Banner kind="warning" icon="alert" action={<a href={href('settings/notifications')}>{t.settings.nav['notifications']}</a>}>{t.policies.noMail}</Banner>}
          {action('syslog', t.policies.sendSyslog)}{action('webhook', t.policies.sendWebhook)}
          <div class="form"><NumberInput label={t.policies.dailyLimit} about={t.policies.dailyLimitAbout} min={1} value={draft.dailyLimit} onChange={(dailyLimit) => part({ dailyLimit })} /></div>
        </div></Card>
        <Card title={t.governance.section}><GovernancePicks now={draft.governance} set={(governance) => part({ governance })} denied={acts} /></Card>
      </div>
      <div class="stack"><Preview draft={draft} />
        <Card><div class="stack tight"><p class="muted small">{t.policies.later}</p><div class="row"><Button kind="primary" type="submit" denied={denied} disabled={!draft.name.trim() || isEmpty(draft.filters)}>{id ? t.save : t.policies.create}</Button><Button onClick={() => history.back()}>{t.cancel}</Button></div></div></Card></div>
    </form>
  );
}

export function PolicyEditor({ route, id }: PageProps) {
  const template = route.params.get('template');
  const fresh = id === 'new';
  const { data, error, reload } = useLoad(async (s) => {
    const fields = await get<Fields>('fields', s);
    if (!fresh) return { fields, draft: draftOf(await get<Policy>(`policies/${id}`, s)) };
    if (!template) return { fields, draft: { ...EMPTY, filters: withoutDates(filterOf(route.params)) } };
    const found = (await get<List<Template>>('templates', s)).data.find((x) => x.id === template);
    return { fields, draft: found ? { ...EMPTY, name: found.name, about: found.about ?? '', severity: found.severity, category: found.category, filters: found.filters, match: found.match ?? EMPTY.match } : EMPTY };
  }, [id, template]);
  return (
    <div class="page">
      <PageHead crumbs={<a href={href('policies')}>{t.menu.policies}</a>} title={fresh ? t.policies.newTitle : data?.draft.name ?? ''} about={t.policies.editorAbout} />
      {!data ? <div class="card">{error ? <Failure error={error} retry={reload} /> : <Skeleton rows={8} />}</div> : <Editor first={data.draft} id={fresh ? null : id} fields={data.fields} />}
    </div>
  );
}
