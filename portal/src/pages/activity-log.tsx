// pages/activity-log.tsx - what everybody did, on both shores: basic filters, visual query, suggested and saved queries.
import { useState } from 'preact/hooks';
import { del, get, post } from '../api';
import { eqValues, isEmpty, withField } from '../filter';
import type { PageProps } from '../frame';
import type { Dashboard, Fields, Filters, List, SavedQuery } from '../model';
import { change, filterOf, filterText, go, href } from '../route';
import { attempt, useDenied, useLoad, useSession } from '../state';
import { t } from '../texts';
import { Button, Empty, LinkButton, PageHead, Skeleton } from '../ui/basic';
import { Check, Picks, Select, TextInput } from '../ui/form';
import { Dialog, Menu } from '../ui/overlay';
import { QueryBuilder } from '../ui/query';
import { ActivityTable, columns } from './activity-table';
import { NeedsHub } from './needs-hub';
import { ExportDialog } from './settings-exports';

const COLUMNS_KEY = 'activity-columns-hidden';
const keptColumns = (): string[] => JSON.parse(localStorage.getItem(COLUMNS_KEY) ?? '[]') as string[];

function Save({ filters, onClose, onDone }: { filters: Filters; onClose: () => void; onDone: () => void }) {
  const [name, setName] = useState('');
  const [shared, setShared] = useState(false);
  const submit = async () => { if (await attempt(() => post('queries', { name, filters, shared }), t.activities.savedQuery(name))) onDone(); };
  return (
    <Dialog title={t.activities.save} onClose={onClose} onSubmit={submit} footer={<><Button onClick={onClose}>{t.cancel}</Button><Button kind="primary" type="submit" disabled={!name.trim()}>{t.save}</Button></>}>
      <TextInput label={t.name} value={name} onChange={setName} required autofocus />
      <Check checked={shared} onChange={setShared}>{t.activities.shared}</Check>
    </Dialog>
  );
}

function Queries({ reloadKey, filters, onSave }: { reloadKey: number; filters: Filters; onSave: () => void }) {
  const { data, reload } = useLoad((s) => get<List<SavedQuery>>('queries', s), reloadKey);
  const { session } = useSession();
  const all = data?.data ?? [];
  const item = (q: SavedQuery) => ({ text: q.name, onClick: () => go('activities', { f: filterText(q.filters) ?? '{}' }) });
  const suggested = all.filter((q) => q.suggested), saved = all.filter((q) => !q.suggested);
  const now = JSON.stringify(filters);
  const mine = saved.find((q) => q.by === session.account.name && JSON.stringify(q.filters) === now);
  return (
    <>
      <Menu left label={t.activities.queries} icon="save" items={[
        { head: true, text: t.activities.suggested }, ...suggested.map(item), null, { head: true, text: t.activities.saved }, ...(saved.length ? saved.map(item) : [{ text: t.activities.noSaved, denied: t.activities.noSavedWhy }]),
      ]} />
      {mine ? <Button compact kind="plain" icon="trash" onClick={() => attempt(async () => { await del(`queries/${mine.id}`); reload(); }, t.deleted)}>{t.activities.forget}</Button>
        : <Button kind="quiet" disabled={isEmpty(filters)} onClick={onSave}>{t.activities.save}</Button>}
    </>
  );
}

function Basic({ filters, set, fields }: { filters: Filters; set: (f: Filters) => void; fields: Fields }) {
  const dash = useLoad((s) => get<Dashboard>('dashboard', s), 'apps');
  const apps: [string, string][] = (dash.data?.apps ?? []).map((a) => [String(a.service), a.name]);
  const one = (field: string) => eqValues(filters, field)[0] ?? '';
  const put = (field: string, value: unknown) => set(withField(filters, field, value === '' ? null : { eq: [value] }));
  const days = filters['date']?.['gte_ndays'];
  return (
    <div class="row wrap">
      <Select label={t.activity.app} value={one('service')} options={[['', t.activities.allApps], ...apps]} onChange={(v) => put('service', v === '' ? '' : Number(v))} />
      <Select label={t.activities.shore} value={one('shore')} options={[['', t.activities.bothShores], ['onprem', t.shore.onprem], ['cloud', t.shore.cloud]]} onChange={(v) => put('shore', v)} />
      <Select label={t.activity.time} value={days === undefined ? '' : String(days)} options={[['', t.anyTime], ['1', t.lastDays(1)], ['7', t.lastDays(7)], ['30', t.lastDays(30)], ['90', t.lastDays(90)]]} onChange={(d) => set(withField(filters, 'date', d ? { gte_ndays: Number(d) } : null))} />
      <Picks label={t.activity.outcome} now={eqValues(filters, 'outcome') as ('success' | 'failure')[]} options={[['failure', t.activities.failuresOnly]]} onChange={(now) => set(withField(filters, 'outcome', now.length ? { eq: now } : null))} />
      {fields.activities.some((f) => f.name === 'activity.type') && <Picks label={t.activity.admin} now={one('activity.type') === 'true' ? ['true'] : []} options={[['true', t.activities.adminOnly]]} onChange={(now) => set(withField(filters, 'activity.type', now.length ? { eq: true } : null))} />}
    </div>
  );
}

function Nothing({ filters }: { filters: Filters }) {
  if (!isEmpty(filters)) return <Empty title={t.activities.noneMatch} action={<Button onClick={() => change({ f: null, skip: null })}>{t.query.clear}</Button>}>{t.activities.noneMatchWhy}</Empty>;
  return <Empty icon="upload" title={t.activities.none} action={<><LinkButton kind="primary" to={href('settings/inputs')}>{t.inputs.upload}</LinkButton><LinkButton to={href('settings/link')}>{t.link.title}</LinkButton></>}>{t.activities.noneWhy}</Empty>;
}

export function ActivityLog({ route }: PageProps) {
  const filters = filterOf(route.params);
  const fields = useLoad((s) => get<Fields>('fields', s), 'fields');
  const [saving, setSaving] = useState(false);
  const [exporting, setExporting] = useState(false);
  const [saves, setSaves] = useState(0);
  const [hidden, setHidden] = useState(keptColumns);
  const policy = useDenied('manage_policies');
  const set = (f: Filters) => change({ f: filterText(f), skip: null, a: null }, true);
  const hide = (id: string) => { const next = hidden.includes(id) ? hidden.filter((x) => x !== id) : [...hidden, id]; localStorage.setItem(COLUMNS_KEY, JSON.stringify(next)); setHidden(next); };
  return (
    <div class="page">
      <PageHead title={t.menu.activities} about={t.activities.about} actions={<>
        <Button icon="policy" denied={policy} disabled={isEmpty(filters)} onClick={() => go('policies/new', { f: JSON.stringify(filters) })}>{t.activities.newPolicy}</Button>
        <Button icon="download" onClick={() => setExporting(true)}>{t.export}</Button>
      </>} />
      <NeedsHub />
      <div class="card">
        <div class="toolbar"><Queries reloadKey={saves} filters={filters} onSave={() => setSaving(true)} /><span class="grow" />
          <Menu label={t.activities.columns} kind="plain" items={columns().map((c) => ({ text: String(c.head), icon: hidden.includes(c.id) ? ('plus' as const) : ('check' as const), onClick: () => hide(c.id) }))} /></div>
        <div class="toolbar">{fields.data ? <div class="stack tight grow"><Basic filters={filters} set={set} fields={fields.data} /><QueryBuilder fields={fields.data.activities} filters={filters} onChange={set} /></div> : <Skeleton rows={2} />}</div>
        <ActivityTable route={route} filters={filters} hidden={hidden} empty={<Nothing filters={filters} />} />
      </div>
      {exporting && <ExportDialog filters={filters} onClose={() => setExporting(false)} />}
      {saving && <Save filters={filters} onClose={() => setSaving(false)} onDone={() => { setSaving(false); setSaves(saves + 1); }} />}
    </div>
  );
}
