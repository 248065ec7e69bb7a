// pages/settings.tsx - the settings menu; each section is one file settings-*.tsx.
import type { ComponentType } from 'preact';
import type { PageProps } from '../frame';
import { href } from '../route';
import { useSession } from '../state';
import { t } from '../texts';
import { Empty, PageHead } from '../ui/basic';
import { Admins } from './settings-admins';
import { Audit } from './settings-audit';
import { Directories } from './settings-directories';
import { ExclusionsPage } from './settings-exclusions';
import { Exports } from './settings-exports';
import { HealthPage } from './settings-health';
import { Inputs } from './settings-inputs';
import { Licences } from './settings-licences';
import { LinkPage } from './settings-link';
import { NotificationsPage } from './settings-notifications';
import { Profile } from './settings-profile';
import { Roles } from './settings-roles';
import { Sensors } from './settings-sensors';
import { SignOnPage } from './settings-sign-on';
import { Subnets } from './settings-subnets';
import { System } from './settings-system';
import { TagsPage } from './settings-tags';
import { Tokens } from './settings-tokens';
import { VpnPage } from './settings-vpn';

interface Section { id: string; right?: string; page: ComponentType }
const GROUPS: { head: () => string; sections: Section[] }[] = [
  { head: () => t.settings.system, sections: [
    { id: 'general', right: 'view_settings', page: System }, { id: 'admins', right: 'manage_admins', page: Admins }, { id: 'roles', page: Roles }, { id: 'sign-on', right: 'sign_on', page: SignOnPage }, { id: 'tokens', right: 'own_tokens', page: Tokens },
    { id: 'licences', right: 'view_settings', page: Licences }, { id: 'exports', right: 'view_activities', page: Exports }, { id: 'audit', right: 'view_audit', page: Audit }, { id: 'health', page: HealthPage }] },
  { head: () => t.settings.threat, sections: [
    { id: 'link', page: LinkPage }, { id: 'sensors', right: 'view_settings', page: Sensors }, { id: 'directories', right: 'view_settings', page: Directories }, { id: 'tags', right: 'view_settings', page: TagsPage }, { id: 'exclusions', right: 'view_policies', page: ExclusionsPage }, { id: 'vpn', right: 'view_settings', page: VpnPage }] },
  { head: () => t.settings.data, sections: [{ id: 'inputs', right: 'view_settings', page: Inputs }, { id: 'subnets', right: 'view_subnets', page: Subnets }, { id: 'notifications', right: 'view_settings', page: NotificationsPage }] },
  { head: () => t.settings.own, sections: [{ id: 'profile', page: Profile }] },
];

export function SettingsPage({ id }: PageProps) {
  const { session } = useSession();
  const may = (s: Section) => !s.right || session.account.rights.includes(s.right);
  const all = GROUPS.flatMap((g) => g.sections);
  const now = id ? all.find((s) => s.id === id) : all.find(may);
  const Shown = now?.page;
  return (
    <div class="page">
      <div class="split with-menu">
        <nav class="settings-nav" aria-label={t.menu.settings}>
          {GROUPS.map((g, i) => {
            const shown = g.sections.filter(may);
            return shown.length ? <div key={i}><h2>{g.head()}</h2>{shown.map((s) => <a key={s.id} href={href(`settings/${s.id}`)} aria-current={now?.id === s.id ? 'page' : undefined}>{t.settings.nav[s.id]}</a>)}</div> : null;
          })}
        </nav>
        <div class="stack">
          {Shown && now && may(now) ? <><PageHead title={t.settings.nav[now.id]} about={t.settings.about[now.id]} /><Shown key={now.id} /></>
            : <div class="card"><Empty icon="lock" title={now ? t.settings.noRight : t.noPage}>{now?.right ? t.denied(t.rights[now.right] ?? now.right, t.roleName[session.account.role] ?? session.account.roleName) : ''}</Empty></div>}
        </div>
      </div>
    </div>
  );
}
