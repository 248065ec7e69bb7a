// pages/govern.tsx - asking for a governance action on a person, or for what a policy starts.
import { useState } from 'preact/hooks';
import { get, post } from '../api';
import type { GovernanceAction, List, User } from '../model';
import { go, href } from '../route';
import { attempt, useLoad } from '../state';
import { t } from '../texts';
import { Banner, Button, Failure, LinkButton, Skeleton } from '../ui/basic';
import { Check, TextArea } from '../ui/form';
import { Dialog } from '../ui/overlay';

export const ACTIONS = ['require_sign_in', 'suspend', 'confirm_compromised'];

/** Why it cannot be done, and where that is changed. */
function Refused({ of }: { of: GovernanceAction }) {
  const where = of.code === 'not_allowed' || of.code === 'no_directory' ? <LinkButton compact to={href('settings/directories')}>{t.settings.nav['directories']}</LinkButton> : undefined;
  return <Banner kind="warning" icon="alert" action={where}>{t.governance.refused[of.code ?? ''] ?? of.why}</Banner>;
}

export function GovernDialog({ of, action, onClose }: { of: User; action: string; onClose: () => void }) {
  const { data, error, reload } = useLoad((s) => get<List<GovernanceAction>>(`governance/actions?user=${of.id}`, s), of.id);
  const [reason, setReason] = useState('');
  const [suspend, setSuspend] = useState(false);
  const found = data?.data.find((a) => a.id === action);
  const both = action === 'confirm_compromised' && data?.data.find((a) => a.id === 'suspend');
  const name = t.governance.actions[action] ?? action;
  const run = async () => {
    if (await attempt(() => post('governance', { action, user: of.id, reason, suspend: suspend && !!both }), t.governance.asked)) go('governance', { user: of.id });
  };
  const can = found?.can && (!suspend || (both && both.can));
  return (
    <Dialog title={`${name}: ${of.name}`} onClose={onClose} onSubmit={run} footer={<><Button onClick={onClose}>{t.cancel}</Button><Button kind="danger" type="submit" disabled={!can || !reason.trim()}>{name}</Button></>}>
      {!data || !found ? (error ? <Failure error={error} retry={reload} /> : <Skeleton />) : (
        <div class="stack" data-test="govern">
          <p>{t.governance.abouts[action] ?? found.about}</p>
          {!found.can && <Refused of={found} />}
          {both && <Check checked={suspend} onChange={setSuspend}>{t.governance.suspendToo}</Check>}
          {both && suspend && !both.can && <Refused of={both} />}
          <TextArea label={t.governance.reason} value={reason} onChange={setReason} required />
        </div>
      )}
    </Dialog>
  );
}

/** What each alert of a policy starts. */
export function GovernancePicks({ now, set, denied }: { now: string[]; set: (now: string[]) => void; denied?: string }) {
  return (
    <div class="stack tight" title={denied}>
      <p class="muted">{t.governance.policyAbout}</p>
      {ACTIONS.map((a) => <Check key={a} checked={now.includes(a)} disabled={!!denied} onChange={(on) => set(on ? [...now, a] : now.filter((x) => x !== a))}>{t.governance.actions[a]}</Check>)}
      {now.length > 0 && <Banner kind="warning" icon="alert">{t.governance.policyWarning}</Banner>}
    </div>
  );
}
