// pages/settings-link.tsx - Threat protection > Identity protection (ATP): the switch that joins both sides.
import { useEffect, useState } from 'preact/hooks';
import { ApiError, get, put, type Failed } from '../api';
import { ago, dateTime, number } from '../format';
import type { Link, Prerequisite } from '../model';
import { href } from '../route';
import { problem, useDenied, useLoad, useSession } from '../state';
import { t } from '../texts';
import { Badge, Banner, Button, Card, Facts, Failure, Progress, Skeleton } from '../ui/basic';
import { Check } from '../ui/form';
import { Icon } from '../ui/icon';

const moving = (l: Link | undefined) => l?.state === 'connecting' || l?.state === 'disconnecting';
/** Fixed sentences of the server, in the language of the page. */
const says = (text: string) => t.linkSays[text] ?? text;
const wanted = (l: Link) => l.state === 'on' || l.state === 'connecting';

function Prerequisites({ of, failed }: { of: Prerequisite[]; failed: Failed[] }) {
  const rows = of.map((p) => ({ ...p, failed: failed.find((f) => f.id === p.id) }));
  const extra = failed.filter((f) => !of.some((p) => p.id === f.id)).map((f) => ({ ...f, met: false, failed: f }));
  return (
    <Card title={t.link.prerequisites} flush>
      <ul class="list" data-test="prerequisites">
        {[...rows, ...extra].map((p) => {
          const met = p.met && !p.failed;
          return (
            <li key={p.id}><div class="item top">
              <span class={met ? 'state good' : 'state bad'}><Icon name={met ? 'check' : 'close'} /></span>
              <span class="grow"><b>{t.link.prerequisite[p.id] ?? says(p.text)}</b><div class="muted">{says(p.failed?.text ?? p.text)}</div>{!met && <div><b>{t.link.todo}</b> {says(p.failed?.todo ?? p.todo ?? '')} {p.id !== 'role' && <a href={href('settings/licences')}>{t.settings.nav['licences']}</a>}</div>}</span>
              <Badge kind={met ? 'good' : 'high'}>{met ? t.link.met : t.link.unmet}</Badge>
            </div></li>
          );
        })}
      </ul>
    </Card>
  );
}

function State({ of }: { of: Link }) {
  const kind = of.state === 'on' ? 'good' : of.state === 'off' ? '' : 'accent';
  return (
    <Card title={t.link.now} extra={<Badge kind={kind}><i class={`dot ${kind}`} />{t.link.state[of.state]}</Badge>}>
      <div class="stack">
        {moving(of) && <Progress label={t.link.state[of.state]} value={of.progress ?? 0} secondsLeft={of.secondsLeft} />}
        {moving(of) && <p class="muted small">{t.link.leave}</p>}
        <Facts of={[[t.link.joined, number(of.activities ?? 0)], [t.link.waiting, of.waiting ? number(of.waiting) : null], [t.link.since, of.since && <span title={dateTime(of.since)}>{ago(of.since)}</span>], [t.link.by, of.by], [t.link.firstVisible, of.firstVisible && dateTime(of.firstVisible)]]} />
      </div>
    </Card>
  );
}

function Switcher({ of, onSaved, onFailed }: { of: Link; onSaved: () => void; onFailed: (f: Failed[]) => void }) {
  const [checked, set] = useState(wanted(of));
  const [why, setWhy] = useState<string | null>(null);
  const denied = useDenied('link');
  useEffect(() => set(wanted(of)), [of.state]);
  const changed = checked !== wanted(of);
  const save = async () => {
    setWhy(null);
    onFailed([]);
    try {
      await put('link', { connected: checked });
    } catch (e) {
      setWhy(says(problem(e)));
      if (e instanceof ApiError) onFailed(e.body.failed ?? []);
    }
    onSaved();
  };
  return (
    <Card>
      <form class="stack" onSubmit={(e) => { e.preventDefault(); void save(); }}>
        <Check checked={checked} onChange={set}><b>{t.link.connect}</b><div class="muted">{t.link.connectAbout}</div></Check>
        <p class="row muted small"><Icon tiny name="lock" />{t.link.secured}</p>
        {why && <Banner kind="danger" icon="alert"><span data-test="refused">{why}</span></Banner>}
        {denied && <Banner kind="" icon="lock">{denied}</Banner>}
        {changed && !checked && <Banner kind="warning" icon="alert">{t.link.offWarning}</Banner>}
        <div><Button kind="primary" type="submit" disabled={!changed}>{t.save}</Button></div>
      </form>
    </Card>
  );
}

export function LinkPage() {
  const { reload: renew } = useSession();
  const [failed, setFailed] = useState<Failed[]>([]);
  const { data, error, reload } = useLoad((s) => get<Link>('link', s), 'link', (l) => (moving(l) ? 500 : 5000));
  useEffect(() => { if (data) void renew(); }, [data?.state]);
  if (!data) return <div class="card">{error ? <Failure error={error} retry={reload} /> : <Skeleton />}</div>;
  return (
    <div class="stack">
      <Switcher of={data} onSaved={reload} onFailed={setFailed} />
      <State of={data} />
      <Prerequisites of={data.prerequisites ?? []} failed={failed} />
    </div>
  );
}
