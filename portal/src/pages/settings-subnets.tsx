// pages/settings-subnets.tsx - IP ranges of one's own, by the documented route /api/v1/subnet/. Other pages may open the form for a new one, filled in.
import { useState } from 'preact/hooks';
import { del, post } from '../api';
import type { List, Subnet } from '../model';
import { change, useRoute } from '../route';
import { attempt, useDenied, useLoad } from '../state';
import { t } from '../texts';
import { Badge, Button, Empty, Failure, Skeleton } from '../ui/basic';
import { Field, Select, TextArea, TextInput } from '../ui/form';
import { Dialog } from '../ui/overlay';
import { Pager, Table, PAGE } from '../ui/table';

const ROUTE = '/api/v1/subnet/';
const words = (text: string) => text.split(/[\s,;]+/).filter(Boolean);

function Edit({ of, given, onClose, onDone }: { of: Subnet | null; given: URLSearchParams; onClose: () => void; onDone: () => void }) {
  const [draft, set] = useState({ name: of?.name ?? given.get('name') ?? '', category: of?.category ?? (Number(given.get('add')) || 1), subnets: of ? of.subnets.map((s) => s.originalString).join('\n') : given.get('ranges') ?? '', organization: of?.organization ?? '', tags: (of?.tags ?? []).map((x) => x.name).join(', ') });
  const submit = async () => {
    const body = { name: draft.name, category: draft.category, subnets: words(draft.subnets), ...(draft.organization && { organization: draft.organization }), tags: draft.tags.split(',').map((x) => x.trim()).filter(Boolean) };
    if (await attempt(() => post(of ? `${ROUTE}${of._id}/update_rule/` : `${ROUTE}create_rule/`, body), t.saved)) onDone();
  };
  return (
    <Dialog title={of ? t.edit : t.subnets.add} onClose={onClose} onSubmit={submit} footer={<><Button onClick={onClose}>{t.cancel}</Button><Button kind="primary" type="submit" disabled={!draft.name.trim() || !words(draft.subnets).length}>{t.save}</Button></>}>
      <TextInput label={t.name} value={draft.name} onChange={(name) => set({ ...draft, name })} required autofocus />
      <Select field label={t.alerts.category} value={draft.category} options={[1, 2, 3, 4, 5, 6].map((n) => [n, t.subnets.category[n] ?? String(n)])} onChange={(category) => set({ ...draft, category })} />
      <TextArea label={t.subnets.ranges} about={t.subnets.rangesAbout} value={draft.subnets} onChange={(subnets) => set({ ...draft, subnets })} required placeholder={'192.0.2.0/24\n2001:db8::/32'} />
      <TextInput label={t.subnets.organization} value={draft.organization} onChange={(organization) => set({ ...draft, organization })} />
      <Field label={t.user.tags} about={t.admins.commas}><input class="input" value={draft.tags} onInput={(e) => set({ ...draft, tags: e.currentTarget.value })} /></Field>
    </Dialog>
  );
}

export function Subnets() {
  const [skip, setSkip] = useState(0);
  const body = { skip, limit: PAGE, sortField: 'name', sortDirection: 'asc' };
  const { data, error, reload } = useLoad((s) => post<List<Subnet>>(ROUTE, body, s), body);
  const denied = useDenied('manage_subnets');
  const { params } = useRoute();
  const [editing, edit] = useState<Subnet | null | undefined>(params.has('add') && !denied ? null : undefined);
  const close = () => { edit(undefined); change({ add: null, name: null, ranges: null }, true); };
  const fixed = (s: Subnet) => (s.builtIn ? t.subnets.builtIn : denied);
  return (
    <div class="card">
      <div class="toolbar"><span class="grow" /><Button kind="primary" icon="plus" denied={denied} onClick={() => edit(null)}>{t.subnets.add}</Button></div>
      {!data ? (error ? <Failure error={error} retry={reload} /> : <Skeleton />) : data.data.length === 0 ? <Empty icon="globe" title={t.subnets.none} action={<Button kind="primary" denied={denied} onClick={() => edit(null)}>{t.subnets.add}</Button>}>{t.subnets.noneWhy}</Empty>
        : <><Table label={t.settings.nav['subnets'] ?? ''} rows={data.data} keyOf={(s) => s._id} onOpen={(s) => { if (!fixed(s)) edit(s); }} columns={[
            { id: 'name', head: t.name, cell: (s) => <><b>{s.name}</b>{s.organization && <div class="sub">{s.organization}</div>}</> }, { id: 'category', head: t.alerts.category, cell: (s) => <Badge>{t.subnets.category[s.category] ?? String(s.category)}</Badge> },
            { id: 'ranges', head: t.subnets.ranges, cell: (s) => <span class="mono">{s.subnets.slice(0, 3).map((x) => x.originalString).join(', ')}{s.subnets.length > 3 ? ' …' : ''}</span> }, { id: 'tags', head: t.user.tags, cell: (s) => <span class="row wrap">{(s.tags ?? []).map((x) => <Badge key={x.id}>{x.name}</Badge>)}</span> },
            { id: 'more', head: '', right: true, cell: (s) => <Button kind="plain" compact icon="trash" label={t.delete} denied={fixed(s)} onClick={() => attempt(async () => { await del(`${ROUTE}${s._id}/`); reload(); }, t.deleted)} /> },
          ]} /><Pager skip={skip} shown={data.data.length} total={data.total} hasNext={data.hasNext} onSkip={setSkip} /></>}
      {editing !== undefined && <Edit of={editing} given={params} onClose={close} onDone={() => { close(); reload(); }} />}
    </div>
  );
}
