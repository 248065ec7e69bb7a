// pages/set-up.tsx - the first account of a new hub: needs the token that `vigie serve` printed where it was started.
import { useState } from 'preact/hooks';
import { post } from '../api';
import type { Session } from '../model';
import { go, parse } from '../route';
import { problem } from '../state';
import { language, t } from '../texts';
import { Banner, Button } from '../ui/basic';
import { TextInput } from '../ui/form';
import { Gate } from './gate';

export function SetUp({ onDone, onLanguage }: { onDone: (s: Session) => void; onLanguage: () => void }) {
  const [form, set] = useState({ token: parse(location.hash).path[1] ?? '', organisation: '', displayName: '', name: '', password: '', again: '' });
  const [why, setWhy] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const put = (key: keyof typeof form) => (value: string) => set({ ...form, [key]: value });
  const submit = async (e: Event) => {
    e.preventDefault();
    if (form.password !== form.again) return setWhy(t.gate.differ);
    setBusy(true);
    const { again: _, ...body } = form;
    try {
      const session = await post<Session>('setup', { ...body, language });
      go('', {}, true);
      onDone(session);
    } catch (error) { setWhy(problem(error)); }
    setBusy(false);
  };
  return (
    <Gate title={t.gate.setUp} about={t.gate.setUpAbout} onLanguage={onLanguage}>
      <form class="stack" onSubmit={submit}>
        {why && <Banner kind="danger" icon="alert">{why}</Banner>}
        <TextInput label={t.gate.token} about={t.gate.tokenAbout} value={form.token} onChange={put('token')} required autocomplete="off" />
        <TextInput label={t.settings.organisation} value={form.organisation} onChange={put('organisation')} required autocomplete="organization" />
        <TextInput label={t.gate.displayName} value={form.displayName} onChange={put('displayName')} autocomplete="name" />
        <TextInput label={t.gate.name} value={form.name} onChange={put('name')} required autocomplete="username" />
        <TextInput label={t.gate.password} about={t.gate.passwordAbout} type="password" value={form.password} onChange={put('password')} required autocomplete="new-password" />
        <TextInput label={t.gate.again} type="password" value={form.again} onChange={put('again')} required autocomplete="new-password" />
        <Button kind="primary" type="submit" disabled={busy}>{t.gate.create}</Button>
      </form>
    </Gate>
  );
}
