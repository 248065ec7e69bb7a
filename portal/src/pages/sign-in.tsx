// pages/sign-in.tsx - name and password, then the code of the second factor where one is set; or the sign-in service, where one is set up.
import { useEffect, useState } from 'preact/hooks';
import { ApiError, get, post } from '../api';
import { duration } from '../format';
import type { Session } from '../model';
import { parse } from '../route';
import { problem } from '../state';
import { t } from '../texts';
import { Banner, Button } from '../ui/basic';
import { TextInput } from '../ui/form';
import { Gate } from './gate';

/** What became of a sign-in at the service: the server sends the browser to #/sign-in/WORD. */
function landed(): string | null {
  const [first, word = ''] = parse(location.hash).path;
  return first === 'sign-in' ? t.gate.landed[word] ?? null : null;
}

function forgetLanding() { if (parse(location.hash).path[0] === 'sign-in') history.replaceState(null, '', '#/'); }

function Service({ label, onWhy }: { label: string; onWhy: (why: string) => void }) {
  const go = async () => {
    forgetLanding();
    try {
      location.assign((await post<{ url: string }>('session/oidc')).url);
    } catch (e) { onWhy(e instanceof ApiError && e.status === 503 ? t.gate.landed['away'] ?? e.message : problem(e)); }
  };
  return <div class="stack"><Button icon="key" onClick={go}>{t.gate.with(label)}</Button></div>;
}

/** `there`: where who has just signed out here can sign out of the service, too. */
export function SignIn({ onDone, onLanguage, there }: { onDone: (s: Session) => void; onLanguage: () => void; there?: string }) {
  const [name, setName] = useState('');
  const [password, setPassword] = useState('');
  const [code, setCode] = useState<string | null>(null);
  const [why, setWhy] = useState<string | null>(landed);
  const [busy, setBusy] = useState(false);
  const [service, setService] = useState<string | undefined>();
  useEffect(() => { get<Session>('session').then(onDone, (e: unknown) => { if (e instanceof ApiError) setService(e.body.singleSignOn); }); }, []);
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
      const session = await post<Session>('session', { name, password, ...(code ? { code: code.replace(/\s/g, '') } : {}) });
      forgetLanding();
      onDone(session);
    } catch (error) { refused(error); }
    setBusy(false);
  };
  return (
    <Gate title={code === null ? t.gate.signIn : t.gate.secondStep} about={code === null ? t.gate.about : t.gate.secondAbout} onLanguage={onLanguage}>
      <form class="stack" onSubmit={submit}>
        {why && <Banner kind="danger" icon="alert">{why}</Banner>}
        {there && !why && <Banner icon="out">{t.gate.outHere} <a href={there} rel="noreferrer">{t.gate.outThere(service ?? '')}</a></Banner>}
        {code === null
          ? <>
              <TextInput label={t.gate.name} value={name} onChange={setName} autocomplete="username" required autofocus />
              <TextInput label={t.gate.password} type="password" value={password} onChange={setPassword} autocomplete="current-password" required />
            </>
          : <TextInput label={t.gate.code} value={code} onChange={setCode} autocomplete="one-time-code" required autofocus />}
        <Button kind="primary" type="submit" disabled={busy}>{t.gate.signIn}</Button>
        {code !== null && <Button kind="quiet" onClick={() => { setCode(null); setWhy(null); }}>{t.back}</Button>}
      </form>
      {code === null && service && <Service label={service} onWhy={setWhy} />}
    </Gate>
  );
}
