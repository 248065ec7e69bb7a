// frame.tsx - what stays while pages change: top bar, left menu, and the table of pages.
import type { ComponentType } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { del, get, post, put } from './api';
import type { AlertRow, Governed, List } from './model';
import { ActivityLog } from './pages/activity-log';
import { AlertPage } from './pages/alert';
import { Alerts } from './pages/alerts';
import { Apps } from './pages/apps';
import { Computers, Users } from './pages/people';
import { Dashboard } from './pages/dashboard';
import { Governance } from './pages/governance';
import { PersonPage } from './pages/person';
import { Policies } from './pages/policies';
import { PolicyEditor } from './pages/policy-editor';
import { Posture, PosturePage } from './pages/posture';
import { SettingsPage } from './pages/settings';
import { Templates } from './pages/templates';
import { number } from './format';
import { href, useRoute, type Route } from './route';
import { attempt, setTheme, theme, useLoad, useSession, type Theme } from './state';
import { keepLanguage, language, t } from './texts';
import { Empty, LinkButton } from './ui/basic';
import { Icon, Mark, type IconName } from './ui/icon';
import { Menu } from './ui/overlay';

export interface PageProps { route: Route; id: string }

interface Entry { path: string; icon: IconName; text: () => string; page: ComponentType<PageProps>; one?: ComponentType<PageProps>; right?: string }
interface Section { head: (() => string) | null; entries: Entry[] }

const PAGES: Section[] = [
  { head: null, entries: [
    { path: '', icon: 'dashboard', text: () => t.menu.dashboard, page: Dashboard },
    { path: 'alerts', icon: 'alert', text: () => t.menu.alerts, page: Alerts, one: AlertPage, right: 'view_alerts' },
  ] },
  { head: () => t.menu.investigate, entries: [
    { path: 'activities', icon: 'activity', text: () => t.menu.activities, page: ActivityLog, right: 'view_activities' },
    { path: 'users', icon: 'users', text: () => t.menu.users, page: Users, one: PersonPage, right: 'view_users' },
    { path: 'computers', icon: 'computer', text: () => t.menu.computers, page: Computers, one: PersonPage, right: 'view_users' },
    { path: 'posture', icon: 'posture', text: () => t.menu.posture, page: Posture, one: PosturePage, right: 'view_posture' },
    { path: 'apps', icon: 'apps', text: () => t.menu.apps, page: Apps },
  ] },
  { head: () => t.menu.control, entries: [
    { path: 'policies', icon: 'policy', text: () => t.menu.policies, page: Policies, one: PolicyEditor, right: 'view_policies' },
    { path: 'templates', icon: 'template', text: () => t.menu.templates, page: Templates, right: 'view_policies' },
    { path: 'governance', icon: 'log', text: () => t.menu.governance, page: Governance, right: 'view_governance' },
  ] },
];

function NotFound() {
  return <div class="page"><div class="card"><Empty title={t.noPage} action={<LinkButton to="#/">{t.menu.dashboard}</LinkButton>}>{t.noPageWhy}</Empty></div></div>;
}

function NotAllowed({ right }: { right: string }) {
  const { session } = useSession();
  return <div class="page"><div class="card"><Empty icon="lock" title={t.settings.noRight}>{t.denied(t.rights[right] ?? right, t.roleName[session.account.role] ?? session.account.roleName)}</Empty></div></div>;
}

function Page({ route }: { route: Route }) {
  const [first = '', id = ''] = route.path;
  const { session } = useSession();
  if (first === 'settings') return <SettingsPage route={route} id={id} />;
  const entry = PAGES.flatMap((s) => s.entries).find((e) => e.path === first);
  const Shown = id ? entry?.one : entry?.page;
  if (Shown && entry?.right && !session.account.rights.includes(entry.right)) return <NotAllowed right={entry.right} />;
  return Shown ? <Shown key={`${first}/${id}`} route={route} id={id} /> : <NotFound />;
}

function Side({ now, open, waiting }: { now: string; open?: number; waiting?: number }) {
  const { session } = useSession();
  const may = (right?: string) => !right || session.account.rights.includes(right);
  return (
    <nav class="side" aria-label={t.menu.label}>
      {PAGES.map((section, i) => (
        <div key={i}>
          {section.head && <h2>{section.head()}</h2>}
          {section.entries.filter((e) => may(e.right)).map((e) => (
            <a key={e.path} href={href(e.path)} aria-current={now === e.path ? 'page' : undefined}>
              <Icon name={e.icon} />{e.text()}
              {e.path === 'alerts' && !!open && <span class="count num" title={t.alerts.openCount(open)}>{number(open)}</span>}
              {e.path === 'governance' && !!waiting && <span class="count num" title={t.governance.waiting(waiting)}>{number(waiting)}</span>}
            </a>
          ))}
        </div>
      ))}
    </nav>
  );
}

function Top({ onOut, settings }: { onOut: (there?: string) => void; settings: boolean }) {
  const { session, reload } = useSession();
  const { account } = session;
  const out = () => attempt(async () => onOut((await del<{ signOutThere?: string }>('session')).signOutThere));
  const speak = () => attempt(async () => {
    const next = language === 'en' ? 'fr' : 'en';
    await put('session/language', { language: next });
    keepLanguage(next);
    await reload();
  });
  const themes: [Theme, IconName][] = [['auto', 'auto'], ['light', 'sun'], ['dark', 'moon']];
  return (
    <header class="top">
      <a class="brand" href="#/"><Mark />Vigie</a>
      <span class="organisation grow clip">{session.organisation}</span>
      <Menu kind="plain" iconOnly icon={themes.find(([id]) => id === theme())?.[1] ?? 'auto'} label={t.theme.label} items={themes.map(([id, icon]) => ({ text: t.theme[id], icon, onClick: () => { setTheme(id); void reload(); } }))} />
      <a class="button plain icon-only" href={href('settings')} title={t.menu.settings} aria-label={t.menu.settings} aria-current={settings ? 'page' : undefined}><Icon name="cog" /></a>
      <Menu kind="plain" icon="user" label={account.displayName || account.name} items={[
        { head: true, text: t.roleName[account.role] ?? account.roleName },
        { text: t.menu.profile, icon: 'key', href: href('settings/profile') },
        { text: t.otherLanguage, icon: 'globe', onClick: speak },
        null,
        { text: t.gate.signOut, icon: 'out', onClick: out },
      ]} />
    </header>
  );
}

export function Frame({ onOut }: { onOut: (there?: string) => void }) {
  const route = useRoute();
  const { session } = useSession();
  const main = useRef<HTMLElement>(null);
  const [first = '', id = ''] = route.path;
  const mayCount = session.account.rights.includes('view_alerts');
  const counts = useLoad((s) => (mayCount ? post<List<AlertRow>>('alerts/query', { filters: { alertOpen: { eq: true } }, limit: 1 }, s) : Promise.resolve(undefined)), ['open alerts', first], 60_000);
  const decides = ['govern', 'view_governance'].every((r) => session.account.rights.includes(r));
  const waiting = useLoad((s) => (decides ? get<List<Governed>>('governance?state=approval&limit=1', s) : Promise.resolve(undefined)), ['approvals', first], 60_000);
  useEffect(() => {
    main.current?.scrollTo(0, 0);
    const entry = PAGES.flatMap((s) => s.entries).find((e) => e.path === first);
    document.title = `${first === 'settings' ? t.menu.settings : entry?.text() ?? 'Vigie'} – Vigie`;
  }, [first, id]);
  return (
    <div class="frame">
      <a class="skip" href="#main" onClick={(e) => { e.preventDefault(); main.current?.focus(); }}>{t.skip}</a>
      <Top onOut={onOut} settings={first === 'settings'} />
      <Side now={first} open={counts.data?.total} waiting={waiting.data?.total} />
      <main id="main" class="main" ref={main} tabIndex={-1}><Page route={route} /></main>
    </div>
  );
}
