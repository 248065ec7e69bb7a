// pages/settings-profile.tsx - one's own account: password and second factor.
import { useState } from 'preact/hooks';
import { del, post, put } from '../api';
import { attempt, useSession } from '../state';
import { t } from '../texts';
import { Badge, Button, Card, Copy } from '../ui/basic';
import { TextInput } from '../ui/form';

function Password() {
  const [form, set] = useState({ old: '', new: '', again: '' });
  const differ = form.again !== '' && form.new !== form.again;
  const save = async (e: Event) => { e.preventDefault(); if (await attempt(() => put('session/password', { old: form.old, new: form.new }), t.profile.changed)) set({ old: '', new: '', again: '' }); };
  return (
    <Card title={t.gate.password}><form class="form" onSubmit={save}>
      <TextInput label={t.profile.old} type="password" autocomplete="current-password" value={form.old} onChange={(old) => set({ ...form, old })} required />
      <TextInput label={t.admins.newPassword} about={t.gate.passwordAbout} type="password" autocomplete="new-password" value={form.new} onChange={(v) => set({ ...form, new: v })} required />
      <TextInput label={t.gate.again} about={differ ? t.gate.differ : undefined} type="password" autocomplete="new-password" value={form.again} onChange={(again) => set({ ...form, again })} required />
      <div><Button kind="primary" type="submit" disabled={!form.old || !form.new || form.new !== form.again}>{t.profile.change}</Button></div>
    </form></Card>
  );
}

function SecondFactor() {
  const { session, reload } = useSession();
  const [made, setMade] = useState<{ uri: string; secret: string } | null>(null);
  const [code, setCode] = useState('');
  const on = session.account.totp;
  const start = () => attempt(async () => setMade(await post<{ uri: string; secret: string }>('session/totp')));
  const finish = async (e: Event) => {
    e.preventDefault();
    const digits = code.replace(/\s/g, '');
    if (await attempt(() => (on ? del('session/totp', { code: digits }) : put('session/totp', { code: digits })), on ? t.profile.totpOffDone : t.profile.totpOnDone)) { setMade(null); setCode(''); await reload(); }
  };
  return (
    <Card title={t.admins.secondFactor} extra={on ? <Badge kind="good">{t.profile.on}</Badge> : <Badge kind="medium">{t.profile.off}</Badge>}>
      <div class="stack">
        <p class="muted">{t.profile.totpAbout}</p>
        {!on && !made && <div><Button kind="primary" icon="lock" onClick={start}>{t.profile.totpOn}</Button></div>}
        {made && <div class="stack tight"><p>{t.profile.totpSecret}</p><div class="row"><code data-test="totp-secret">{made.secret}</code><Copy text={made.secret} /></div><p class="small wrap-anywhere muted">{made.uri}</p></div>}
        {(made || on) && <form class="form" onSubmit={finish}><TextInput label={t.gate.code} value={code} onChange={setCode} autocomplete="one-time-code" required /><div><Button kind={on ? 'danger' : 'primary'} type="submit" disabled={code.replace(/\s/g, '').length < 6}>{on ? t.profile.totpOff : t.profile.totpConfirm}</Button></div></form>}
      </div>
    </Card>
  );
}

export function Profile() {
  const { session } = useSession();
  if (session.account.singleSignOn) return <Card title={t.settings.nav['sign-on']}><p class="muted">{t.profile.elsewhere}</p></Card>;
  return <div class="stack"><Password /><SecondFactor /></div>;
}
