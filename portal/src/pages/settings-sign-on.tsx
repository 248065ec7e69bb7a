// pages/settings-sign-on.tsx - single sign-on: which service, which of its claims count, who gets which role, and a test of it. The secret is written, never read.
import { useState } from 'preact/hooks';
import { get, post, put } from '../api';
import type { List, Role, SingleSignOn } from '../model';
import { attempt, useLoad } from '../state';
import { t } from '../texts';
import { Banner, Button, Card, Copy, Facts, Failure, Skeleton } from '../ui/basic';
import { Check, Field, Input, Select, Switch, TextArea, TextInput } from '../ui/form';

type Draft = SingleSignOn & { clientSecret?: string };
interface Tested {
  ok: boolean; why?: string; client?: string; clientSaid?: string; said?: unknown;
  found?: { issuer: string; authorization: string; token: string; keysAt: string; endSession?: string; keys: number };
}
interface PartProps { of: Draft; set: (p: Partial<Draft>) => void }

function Outcome({ of }: { of: Tested }) {
  const verdict = of.client ? t.signOn.client[of.client] ?? of.client : '';
  return (
    <Card title={t.signOn.outcome}><div class="stack" data-test="outcome">
      <Banner kind={of.ok ? 'good' : 'danger'} icon={of.ok ? 'check' : 'alert'}><b>{of.why ?? verdict}</b>{!of.ok && of.clientSaid && <div class="wrap-anywhere">{of.clientSaid}</div>}</Banner>
      {of.found && <Facts of={[[t.signOn.issuer, of.found.issuer], [t.signOn.authorization, of.found.authorization], [t.signOn.tokens, of.found.token], [t.signOn.keys(of.found.keys), of.found.keysAt], [t.signOn.endSession, of.found.endSession ?? t.none]]} />}
      {of.said !== undefined && <details><summary>{t.signOn.said}</summary><pre class="raw">{JSON.stringify(of.said, null, 2)}</pre></details>}
    </div></Card>
  );
}

function Service({ of, set }: PartProps) {
  return (
    <div class="form">
      <div class="two"><TextInput label={t.signOn.issuer} about={t.signOn.issuerAbout} type="url" value={of.issuer ?? ''} onChange={(issuer) => set({ issuer })} required placeholder="https://sso.example.org/realms/corp" /><TextInput label={t.signOn.name} about={t.signOn.nameAbout} value={of.name ?? ''} onChange={(name) => set({ name })} placeholder="Keycloak" /></div>
      <div class="two"><TextInput label={t.signOn.clientId} value={of.clientId ?? ''} onChange={(clientId) => set({ clientId })} required autocomplete="off" /><TextInput label={t.signOn.secret} about={of.secret ? t.secretKept : t.signOn.secretAbout} type="password" autocomplete="new-password" value={of.clientSecret ?? ''} onChange={(clientSecret) => set({ clientSecret })} /></div>
      <Field label={t.signOn.redirect} about={t.signOn.redirectAbout}><span class="row"><code class="wrap-anywhere" data-test="redirect">{of.redirectUri}</code><Copy text={of.redirectUri} /></span></Field>
      <TextArea label={t.directories.ca} about={t.signOn.caAbout} value={of.ca ?? ''} onChange={(ca) => set({ ca })} placeholder="-----BEGIN CERTIFICATE-----" />
    </div>
  );
}

function People({ of, set, roles }: PartProps & { roles: Role[] }) {
  const offered = roles.filter((r) => r.scope !== 'app' && r.scope !== 'group').map((r) => [r.id, t.roleName[r.id] ?? r.name] as [string, string]);
  const change = (i: number, p: Partial<SingleSignOn['roles'][number]>) => set({ roles: of.roles.map((r, n) => (n === i ? { ...r, ...p } : r)) });
  return (
    <div class="form">
      <div class="two"><TextInput label={t.signOn.nameClaim} about={t.signOn.nameClaimAbout} value={of.nameClaim ?? ''} onChange={(nameClaim) => set({ nameClaim })} required /><TextInput label={t.signOn.scope} about={t.signOn.scopeAbout} value={of.scope ?? ''} onChange={(scope) => set({ scope })} required /></div>
      <TextInput label={t.signOn.roleClaim} about={t.signOn.roleClaimAbout} value={of.roleClaim ?? ''} onChange={(roleClaim) => set({ roleClaim })} required={of.roles.length > 0} placeholder="groups" />
      <div class="stack tight" role="group" aria-label={t.signOn.roles}>
        {of.roles.map((r, i) => (
          <div class="row" key={i}><Input value={r.value} onChange={(value) => change(i, { value })} required aria-label={t.signOn.value} placeholder="vigie-operators" /><Select label={t.admins.role} value={r.role} options={offered} onChange={(role) => change(i, { role })} /><Button kind="plain" compact icon="trash" label={t.delete} onClick={() => set({ roles: of.roles.filter((_, n) => n !== i) })} /></div>
        ))}
        <div><Button compact icon="plus" onClick={() => set({ roles: [...of.roles, { value: '', role: 'security_reader' }] })}>{t.signOn.addRole}</Button></div>
        <small class="muted">{t.signOn.rolesAbout}</small>
      </div>
      <Check checked={of.create} onChange={(create) => set({ create })}>{t.signOn.create}</Check>
      {!of.create && <p class="muted small">{t.signOn.createOff}</p>}
    </div>
  );
}

function Form({ of, roles, onDone }: { of: SingleSignOn; roles: Role[]; onDone: () => void }) {
  const [draft, change] = useState<Draft>(of);
  const [tested, setTested] = useState<Tested | null>(null);
  const set = (p: Partial<Draft>) => { change({ ...draft, ...p }); setTested(null); };
  const save = () => attempt(async () => { await put('oidc', draft); onDone(); }, t.saved);
  const test = () => attempt(async () => setTested(await post<Tested>('oidc/test', draft)));
  return (
    <form class="stack" onSubmit={(e) => { e.preventDefault(); void save(); }}>
      <Card title={t.signOn.service} extra={<Switch label={t.signOn.on} on={draft.enabled} onChange={(enabled) => set({ enabled })} />}><Service of={draft} set={set} /></Card>
      <Card title={t.signOn.people}><People of={draft} set={set} roles={roles} /></Card>
      <Banner icon="key">{t.signOn.breakGlass}</Banner>
      <div class="row"><Button onClick={test} disabled={!draft.issuer || !draft.clientId}>{t.signOn.test}</Button><Button kind="primary" type="submit" disabled={JSON.stringify(draft) === JSON.stringify(of)}>{t.save}</Button></div>
      {tested && <Outcome of={tested} />}
    </form>
  );
}

export function SignOnPage() {
  const { data, error, reload } = useLoad((s) => get<SingleSignOn>('oidc', s), 'oidc');
  const roles = useLoad((s) => get<List<Role>>('roles', s), 'roles').data?.data;
  if (!data || !roles) return <div class="card">{error ? <Failure error={error} retry={reload} /> : <Skeleton />}</div>;
  return <Form key={JSON.stringify(data)} of={data} roles={roles} onDone={reload} />;
}
