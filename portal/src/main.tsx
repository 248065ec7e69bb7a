// main.tsx - starts the portal: who is signed in decides between the gate and the pages.
import { render } from 'preact';
import { useCallback, useEffect, useState } from 'preact/hooks';
import { ApiError, get, setCsrf, whenSignedOut } from './api';
import { Frame } from './frame';
import type { Session } from './model';
import { SetUp } from './pages/set-up';
import { SignIn } from './pages/sign-in';
import { SessionContext, setTheme, theme } from './state';
import { firstLanguage, keepLanguage, language, setLanguage, t } from './texts';
import { Failure } from './ui/basic';
import { Notices } from './ui/overlay';

type Phase = { is: 'starting' } | { is: 'in'; session: Session } | { is: 'out'; there?: string } | { is: 'set-up' } | { is: 'failed'; error: unknown };

function App() {
  const [phase, set] = useState<Phase>({ is: 'starting' });
  const [, repaint] = useState(0);
  const enter = useCallback((session: Session) => {
    setCsrf(session.csrf);
    if (session.account.language !== language) keepLanguage(session.account.language === 'fr' ? 'fr' : 'en');
    set({ is: 'in', session });
  }, []);
  const load = useCallback(async () => {
    try {
      enter(await get<Session>('session'));
    } catch (error) {
      if (error instanceof ApiError && error.status === 401) set({ is: error.body.setup ? 'set-up' : 'out' });
      else set({ is: 'failed', error });
    }
  }, []);
  useEffect(() => { whenSignedOut(() => set({ is: 'out' })); void load(); }, []);
  const relabel = () => repaint((n) => n + 1);
  switch (phase.is) {
    case 'starting': return <main class="gate" aria-busy="true"><span class="sr">{t.loading}</span></main>;
    case 'failed': return <main class="gate"><div class="card"><Failure error={phase.error} retry={load} /></div></main>;
    case 'set-up': return <SetUp onDone={enter} onLanguage={relabel} />;
    case 'out': return <SignIn onDone={enter} onLanguage={relabel} there={phase.there} />;
    case 'in': return (
      <SessionContext.Provider value={{ session: phase.session, reload: load }}>
        <Frame key={phase.session.account.language} onOut={(there) => set({ is: 'out', there })} />
      </SessionContext.Provider>
    );
  }
}

setLanguage(firstLanguage());
setTheme(theme());
const root = document.getElementById('app');
if (root) render(<><App /><Notices /></>, root);
