// pages/needs-hub.tsx - where insights of the cloud would be: which licence they need.
import { href } from '../route';
import { useSession } from '../state';
import { t } from '../texts';
import { Banner, LinkButton } from '../ui/basic';

export function NeedsHub() {
  const { session } = useSession();
  if (session.licences.hub) return null;
  return <Banner kind="" icon="key" action={<LinkButton compact to={href('settings/licences')}>{t.settings.nav['licences']}</LinkButton>}><span data-test="needs-hub">{t.licences.needsHub}</span></Banner>;
}
