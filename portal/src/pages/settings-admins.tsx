// pages/settings-admins.tsx - who may use the portal, in which role.
import { useState } from 'preact/hooks';
import { del, get, post, put } from '../api';
import { ago } from '../format';
import type { Admin, List, Role } from '../model';
import { attempt, useLoad, useSession } from '../state';
import { t } from '../texts';
import { Badge, Button, Empty, Failure, Skeleton } from '../ui/basic';
import { Check, Field, Input, Select, TextInput } from '../ui/form';
import { Confirm, Dialog } from '../ui/overlay';
import { Table } from '../ui/table';
import { People } from './policy-drawer';

const commas = (text: string) => text.split(',').map((x) => x.trim()).filter(Boolean);

function Edit({ of, roles, onClose, onDone }: { of: Admin | null; roles: Role[]; onClose: () => void; onDone: () => void }) {
  const [draft, set] = useState({ name: of?.name ?? '', displayName: of?.displayName ?? '', role: of?.role ?? 'security_reader', disabled: of?.disabled ?? false, singleSignOn: of?.singleSignOn ?? false, password: '', apps: (of?.scope?.apps ?? []).join(', '), groups: of?.scope?.groups ?? [] });
  const role = roles.find((r) => r.id === draft.role);
  const submit = async () => {
    const { password, apps, groups, singleSignOn, ...rest } = draft;
    const body = { ...rest, ...(singleSignOn && { singleSignOn }), scope: { apps: commas(apps).map((a) => (/^\d+$/.test(a) ? Number(a) : a)), groups: groups.map((g) => g.id) }, ...(password && !singleSignOn && { password }) };
    if (await attempt(() => (of ? put(`accounts/${of.id}`, body) : post('accounts', body)), t.saved)) onDone();
  };
  return (
    <Dialog title={of ? t.admins.edit : t.admins.add} onClose={onClose} onSubmit={submit} footer={<><Button onClick={onClose}>{t.cancel}</Button><Button kind="primary" type="submit">{t.save}</Button></>}>
      <TextInput label={t.gate.name} value={draft.name} onChange={(name) => set({ ...draft, name })} required disabled={!!of} autocomplete="off" autofocus />
      <TextInput label={t.gate.displayName} value={draft.displayName} onChange={(displayName) => set({ ...draft, displayName })} />
      <div class="stack tight"><Select field label={t.admins.role} value={draft.role} options={roles.map((r) => [r.id, t.roleName[r.id] ?? r.name])} onChange={(r) => set({ ...draft, role: r })} />{role?.about && <p class="muted small">{role.about}</p>}{of?.managed && <p class="muted small">{t.admins.managed}</p>}</div>
      {role?.scope === 'app' && <Field label={t.admins.apps} about={t.admins.commas}><Input value={draft.apps} onChange={(apps) => set({ ...draft, apps })} /></Field>}
      {role?.scope === 'group' && <People label={t.admins.groups} of="groups" now={draft.groups} set={(groups) => set({ ...draft, groups })} />}
      <Check checked={draft.singleSignOn} onChange={(singleSignOn) => set({ ...draft, singleSignOn })}>{t.admins.singleSignOn}</Check>
      {!draft.singleSignOn && <TextInput label={of ? t.admins.newPassword : t.gate.password} about={of && !of.singleSignOn ? t.admins.newPasswordAbout : t.gate.passwordAbout} type="password" autocomplete="new-password" value={draft.password} onChange={(password) => set({ ...draft, password })} required={!of || !!of.singleSignOn} />}
      {of && <Check checked={draft.disabled} onChange={(disabled) => set({ ...draft, disabled })}>{t.admins.disabled}</Check>}
    </Dialog>
  );
}

export function Admins() {
  const { session } = useSession();
  const { data, error, reload } = useLoad((s) => get<List<Admin>>('accounts', s), 'accounts');
  const roles = useLoad((s) => get<List<Role>>('roles', s), 'roles').data?.data ?? [];
  const [editing, edit] = useState<Admin | null | undefined>(undefined);
  const [removing, remove] = useState<Admin | null>(null);
  const name = (id: string) => t.roleName[id] ?? roles.find((r) => r.id === id)?.name ?? id;
  const done = () => { edit(undefined); reload(); };
  return (
    <div class="card">
      <div class="toolbar"><span class="grow" /><Button kind="primary" icon="plus" onClick={() => edit(null)}>{t.admins.add}</Button></div>
      {!data ? (error ? <Failure error={error} retry={reload} /> : <Skeleton />) : data.data.length === 0 ? <Empty icon="user" title={t.noMatch} />
        : <Table label={t.settings.nav['admins'] ?? ''} rows={data.data} keyOf={(a) => String(a.id)} onOpen={edit} columns={[
            { id: 'name', head: t.name, cell: (a) => <><b>{a.displayName || a.name}</b><div class="sub">{a.name}</div></> },
            { id: 'role', head: t.admins.role, cell: (a) => name(a.role) },
            { id: 'totp', head: t.admins.secondFactor, cell: (a) => (a.singleSignOn ? <Badge>{t.settings.nav['sign-on']}</Badge> : a.totp ? <Badge kind="good">{t.yes}</Badge> : <Badge kind="medium">{t.no}</Badge>) },
            { id: 'state', head: t.state, cell: (a) => (a.disabled ? <Badge kind="high">{t.admins.isDisabled}</Badge> : <Badge kind="good">{t.admins.active}</Badge>) },
            { id: 'last', head: t.admins.lastSignIn, cell: (a) => ago(a.lastSignIn) },
            { id: 'more', head: '', right: true, cell: (a) => <Button kind="plain" compact icon="trash" label={t.delete} denied={a.id === session.account.id ? t.admins.notSelf : undefined} onClick={() => remove(a)} /> },
          ]} />}
      {editing !== undefined && <Edit of={editing} roles={roles} onClose={() => edit(undefined)} onDone={done} />}
      {removing && <Confirm danger title={t.admins.remove} action={t.delete} onClose={() => remove(null)} onYes={() => attempt(async () => { await del(`accounts/${removing.id}`); reload(); }, t.deleted)}><p>{t.admins.removeAbout(removing.name)}</p></Confirm>}
    </div>
  );
}
