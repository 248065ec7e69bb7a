// pages/settings-directories.tsx - which directories people, groups and computers are read from.
import { useState } from 'preact/hooks';
import { get, put } from '../api';
import { ago, number } from '../format';
import type { Directory, List } from '../model';
import { href } from '../route';
import { attempt, useDenied, useLoad } from '../state';
import { t } from '../texts';
import { Badge, Button, Empty, Failure, LinkButton, Skeleton } from '../ui/basic';
import { TextInput } from '../ui/form';
import { Dialog } from '../ui/overlay';
import { Table } from '../ui/table';

const NEW: Directory = { id: '', server: '', bindDn: '', base: '' };

function Edit({ of, all, onClose, onDone }: { of: Directory; all: Directory[]; onClose: () => void; onDone: () => void }) {
  const [draft, set] = useState(of);
  const submit = async () => {
    const keep = (d: Directory) => ({ ...(d.id && { id: d.id }), server: d.server, bindDn: d.bindDn, base: d.base, ...(d.password && { password: d.password }) });
    const data = of.id ? all.map((d) => (d.id === of.id ? draft : d)) : [...all, draft];
    if (await attempt(() => put('directories', { data: data.map(keep) }), t.saved)) onDone();
  };
  return (
    <Dialog title={of.id ? t.edit : t.directories.add} onClose={onClose} onSubmit={submit} footer={<><Button onClick={onClose}>{t.cancel}</Button><Button kind="primary" type="submit">{t.save}</Button></>}>
      <TextInput label={t.directories.server} about={t.directories.serverAbout} value={draft.server} onChange={(server) => set({ ...draft, server })} required placeholder="ldaps://dc1.corp.example" autofocus />
      <TextInput label={t.directories.bindDn} about={t.directories.bindAbout} value={draft.bindDn ?? ''} onChange={(bindDn) => set({ ...draft, bindDn })} autocomplete="off" />
      <TextInput label={t.gate.password} about={of.id ? t.secretKept : undefined} type="password" autocomplete="new-password" value={draft.password ?? ''} onChange={(password) => set({ ...draft, password })} />
      <TextInput label={t.directories.base} value={draft.base ?? ''} onChange={(base) => set({ ...draft, base })} placeholder="DC=corp,DC=example" />
    </Dialog>
  );
}

export function Directories() {
  const { data, error, reload } = useLoad((s) => get<List<Directory>>('directories', s), 'directories', 15_000);
  const denied = useDenied('manage_settings');
  const [editing, edit] = useState<Directory | null>(null);
  const all = data?.data ?? [];
  const remove = (d: Directory) => attempt(async () => { await put('directories', { data: all.filter((x) => x.id !== d.id) }); reload(); }, t.deleted);
  return (
    <div class="card">
      <div class="toolbar"><span class="grow" /><Button kind="primary" icon="plus" denied={denied} onClick={() => edit(NEW)}>{t.directories.add}</Button></div>
      {!data ? (error ? <Failure error={error} retry={reload} /> : <Skeleton />) : all.length === 0 ? <Empty icon="server" title={t.directories.none} action={<LinkButton to={href('settings/inputs')}>{t.inputs.upload}</LinkButton>}>{t.directories.noneWhy}</Empty>
        : <Table label={t.settings.nav['directories'] ?? ''} rows={all} keyOf={(d) => d.id} onOpen={denied ? undefined : edit} columns={[
            { id: 'server', head: t.directories.server, cell: (d) => <><b>{d.server}</b><div class="sub">{d.base}</div></> },
            { id: 'state', head: t.state, cell: (d) => <><Badge kind={d.why ? 'high' : 'good'}>{t.directories.state[d.state ?? ''] ?? d.state ?? t.none}</Badge>{d.why && <div class="sub">{d.why}</div>}</> },
            { id: 'sync', head: t.directories.lastSync, cell: (d) => ago(d.lastSync) }, { id: 'n', head: t.directories.objects, right: true, cell: (d) => number(d.objects ?? 0) },
            { id: 'more', head: '', right: true, cell: (d) => <Button kind="plain" compact icon="trash" label={t.delete} denied={denied} onClick={() => remove(d)} /> },
          ]} />}
      {editing && <Edit of={editing} all={all} onClose={() => edit(null)} onDone={() => { edit(null); reload(); }} />}
    </div>
  );
}
