// pages/sign-in.tsx - name and password, then the code of the second factor where one is set.
import { useState } from 'preact/hooks';
import { ApiError, post } from '../api';
import { duration } from '../format';
import type { Session } from '../model';
import { problem } from '../state';
import { t } from '../texts';
import { Banner, Button } from '../ui/basic';
import { TextInput } from '../ui/form';
import { Gate } from './gate';

export function SignIn({ onDone, onLanguage }: { onDone: (s: Session) => void; onLanguage: () => void }) {
  const [name, setName] = useState('');
  const [password, setPassword] = useState('');
  const [code, setCode] = useState<string | null>(null);
  const [why, setWhy] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const refused = (e: unknown) => {
    if (!(e instanceof ApiError)) return setWhy(problem(e));
    if (e.body.needsCode && code === null) { setCode(''); return setWhy(null); }
    if (e.status === 429) return setWhy(t.gate.locked(duration(e.retryAfter ?? 60)));
    setWhy(e.status === 401 ? (code === null ? t.gate.wrong : t.gate.wrongCode) : e.message);
  };
  const submit = async (e: Event) => {
    e.preventDefault();
    setBusy(true);
    try {
      onDone(await post<Session>('session', { name, password, ...(code ? { code: code.replace(/\s/g, '') } : {}) }));
    } catch (error) { refused(error); }
    setBusy(false);
  };
  return (
    <Gate title={code === null ? t.gate.signIn : t.gate.secondStep} about={code === null ? t.gate.about : t.gate.secondAbout} onLanguage={onLanguage}>
      <form class="stack" onSubmit={submit}>
        {why && <Banner kind="danger" icon="alert">{why}</Banner>}
        {code === null
          ? <>
              <TextInput label={t.gate.name} value={name} onChange={setName} autocomplete="username" required autofocus />
              <TextInput label={t.gate.password} type="password" value={password} onChange={setPassword} autocomplete="current-password" required />
            </>
          : <TextInput label={t.gate.code} value={code} onChange={setCode} autocomplete="one-time-code" required autofocus />}
        <Button kind="primary" type="submit" disabled={busy}>{t.gate.signIn}</Button>
        {code !== null && <Button kind="quiet" onClick={() => { setCode(null); setWhy(null); }}>{t.back}</Button>}
      </form>
    </Gate>
  );
}
