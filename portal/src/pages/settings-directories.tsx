// pages/settings-directories.tsx - directory services: the domains that the hub reads over LDAP, how that goes, and a test before saving.
import { useState } from 'preact/hooks';
import { del, get, post, put } from '../api';
import { ago, number } from '../format';
import type { DirectoryService, List } from '../model';
import { attempt, notify, useDenied, useLoad } from '../state';
import { t } from '../texts';
import { Badge, Banner, Button, Empty, Failure, Skeleton } from '../ui/basic';
import { Check, Field, NumberInput, Select, TextArea, TextInput } from '../ui/form';
import { Confirm, Dialog } from '../ui/overlay';
import { Table } from '../ui/table';

type Draft = Omit<Partial<DirectoryService>, 'signIn'> & { signIn: string; password?: string; keytab?: string };
interface Tested { ok: boolean; why?: string; found?: { domain: string; controller: string; dirsync: boolean; seesDeleted: boolean; writes?: { looked: number; suspend: number; requireSignIn: number; more: number } } | null }

const base64 = async (file: File) => btoa(Array.from(new Uint8Array(await file.arrayBuffer()), (b) => String.fromCharCode(b)).join(''));
const first = (e: Event) => (e.currentTarget as HTMLInputElement).files?.[0];

function Outcome({ of }: { of: Tested }) {
  if (!of.ok || !of.found) return <Banner kind="danger" icon="alert">{of.why}</Banner>;
  return (
    <Banner kind="good" icon="check"><b>{t.directories.found(of.found.domain, of.found.controller)}</b>
      {of.found.writes && <div>{t.directories.writes(of.found.writes.looked, of.found.writes.suspend, of.found.writes.requireSignIn)}{of.found.writes.more > 0 && <> {t.directories.writesMore}</>}</div>}
      {!of.found.dirsync && <div>{t.directories.noDirsync}</div>}{!of.found.seesDeleted && <div>{t.directories.noDeleted}</div>}
    </Banner>
  );
}

function Edit({ of, onClose, onDone }: { of: DirectoryService | null; onClose: () => void; onDone: () => void }) {
  const [draft, set] = useState<Draft>({ server: of?.server ?? 'ldaps://', domain: of?.domain ?? '', signIn: of?.signIn ?? 'password', bindName: of?.bindName ?? '', ca: of?.ca ?? '', plain: !!of?.plain, minutes: of?.minutes ?? 10, enabled: of?.enabled ?? true, act: !!of?.act });
  const [tested, setTested] = useState<Tested | null>(null);
  const [testing, setTesting] = useState(false);
  const acts = useDenied('govern');
  const part = (p: Partial<Draft>) => { set({ ...draft, ...p }); setTested(null); };
  const submit = async () => { if (await attempt(() => (of ? put(`directories/${of.number}`, draft) : post('directories', draft)), t.saved)) onDone(); };
  const test = async () => {
    setTesting(true);
    await attempt(async () => setTested(await post<Tested>('directories/test', { ...draft, ...(of && { number: of.number }) })));
    setTesting(false);
  };
  return (
    <Dialog wide title={of ? t.directories.edit : t.directories.add} onClose={onClose} onSubmit={submit} footer={<><Button disabled={testing} onClick={test}>{testing ? t.directories.testing : t.directories.test}</Button><span class="grow" /><Button onClick={onClose}>{t.cancel}</Button><Button kind="primary" type="submit">{t.save}</Button></>}>
      <div class="two"><TextInput label={t.directories.server} about={t.directories.serverAbout} value={draft.server ?? ''} onChange={(server) => part({ server })} required placeholder="ldaps://dc1.corp.example.org" autofocus /><TextInput label={t.user.domain} about={t.directories.domainAbout} value={draft.domain ?? ''} onChange={(domain) => part({ domain })} placeholder="corp.example.org" /></div>
      <div class="two"><Select field label={t.directories.signIn} value={draft.signIn} options={[['password', t.gate.password], ['kerberos', t.directories.kerberos]]} onChange={(signIn) => part({ signIn })} /><NumberInput label={t.directories.minutes} min={1} max={1440} value={draft.minutes ?? 10} onChange={(minutes) => part({ minutes })} /></div>
      {draft.signIn === 'password'
        ? <div class="two"><TextInput label={t.directories.account} about={t.directories.accountAbout} value={draft.bindName ?? ''} onChange={(bindName) => part({ bindName })} required autocomplete="off" placeholder="svc_vigie@corp.example.org" /><TextInput label={t.gate.password} about={of ? t.secretKept : undefined} type="password" autocomplete="new-password" value={draft.password ?? ''} onChange={(password) => part({ password })} /></div>
        : <Field label={t.directories.keytab} about={of?.signIn === 'kerberos' ? t.secretKept : t.directories.keytabAbout}><input type="file" onChange={(e) => { const f = first(e); if (f) void base64(f).then((keytab) => part({ keytab })); }} /></Field>}
      <TextArea label={t.directories.ca} about={t.directories.caAbout} value={draft.ca ?? ''} onChange={(ca) => part({ ca })} placeholder="-----BEGIN CERTIFICATE-----" />
      <Check checked={!!draft.plain} onChange={(plain) => part({ plain })}>{t.directories.plain}</Check>
      {draft.plain && <Banner kind="warning" icon="alert">{t.directories.plainAbout}</Banner>}
      <Check checked={!!draft.enabled} onChange={(enabled) => part({ enabled })}>{t.directories.enabled}</Check>
      <Check checked={!!draft.act} disabled={!!acts && !draft.act} onChange={(act) => part({ act })}>{t.directories.act}</Check>
      {draft.act && <Banner kind="" icon="alert">{t.directories.actAbout}</Banner>}
      {tested && <Outcome of={tested} />}
    </Dialog>
  );
}

const counts = (d: DirectoryService) => (d.said ? [[d.said.users, t.directories.users], [d.said.groups, t.directories.groups], [d.said.computers, t.directories.computers]] as [number, string][] : []);
const BADGES: Record<string, string> = { ok: 'good', failed: 'high' };

export function Directories() {
  const { data, error, reload } = useLoad((s) => get<List<DirectoryService>>('directories', s), 'directories', (d) => (d?.data.some((x) => x.running || x.state === 'new') ? 1500 : 30_000));
  const denied = useDenied('manage_sensors');
  const [editing, edit] = useState<DirectoryService | null | undefined>(undefined);
  const [removing, remove] = useState<DirectoryService | null>(null);
  const sync = (d: DirectoryService) => attempt(async () => { await post(`directories/${d.number}/sync`); notify(t.directories.asked); reload(); });
  const add = <Button kind="primary" icon="plus" denied={denied} onClick={() => edit(null)}>{t.directories.add}</Button>;
  return (
    <div class="card">
      {!!data?.data.length && <div class="toolbar"><span class="grow" />{add}</div>}
      {!data ? (error ? <Failure error={error} retry={reload} /> : <Skeleton />) : data.data.length === 0 ? <Empty icon="group" title={t.directories.none} action={add}>{t.directories.noneWhy}</Empty>
        : <Table label={t.settings.nav['directories'] ?? ''} rows={[...data.data].sort((a, b) => a.number - b.number)} keyOf={(d) => String(d.number)} onOpen={(d) => { if (!denied) edit(d); }} columns={[
            { id: 'domain', head: t.user.domain, cell: (d) => <><b>{d.said?.domain ?? d.domain ?? t.none}</b><div class="sub wrap-anywhere">{d.server}</div></> },
            { id: 'state', head: t.state, cell: (d) => <><Badge kind={d.running ? '' : BADGES[d.state] ?? ''}>{d.running ? t.directories.running : t.directoryState[d.state] ?? d.state}</Badge>{d.act && <div class="sub">{t.directories.acts}</div>}{d.why && <div class="sub wrap-anywhere">{d.why}</div>}</> },
            { id: 'last', head: t.directories.last, cell: (d) => <>{ago(d.lastSuccess)}{d.failures > 0 && <div class="sub">{t.directories.failures(d.failures)}</div>}</> },
            { id: 'holds', head: t.directories.holds, cell: (d) => <>{counts(d).map(([n, of]) => <div key={of} class="small">{number(n)} {of}</div>)}</> },
            { id: 'more', head: '', right: true, cell: (d) => <span class="row" onClick={(e) => e.stopPropagation()}><Button compact icon="refresh" denied={denied} disabled={d.running || !d.enabled} onClick={() => sync(d)}>{t.directories.sync}</Button><Button kind="plain" compact icon="trash" label={t.delete} denied={denied} onClick={() => remove(d)} /></span> },
          ]} />}
      {editing !== undefined && <Edit of={editing} onClose={() => edit(undefined)} onDone={() => { edit(undefined); reload(); }} />}
      {removing && <Confirm danger title={t.directories.remove} action={t.delete} onClose={() => remove(null)} onYes={() => attempt(async () => { await del(`directories/${removing.number}`); reload(); }, t.deleted)}><p>{t.directories.removeAbout(removing.said?.domain ?? removing.server)}</p></Confirm>}
    </div>
  );
}
