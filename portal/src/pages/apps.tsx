// pages/apps.tsx - connected apps: what the hub has activities of, how many, how fresh.
import { get } from '../api';
import { ago, dateTime, number } from '../format';
import type { Dashboard } from '../model';
import { href } from '../route';
import { useLoad } from '../state';
import { t } from '../texts';
import { Badge, Empty, Failure, LinkButton, PageHead, Skeleton } from '../ui/basic';
import { Icon } from '../ui/icon';
import { Table } from '../ui/table';
import { NeedsHub } from './needs-hub';

const DAY = 86_400_000;

export function Apps() {
  const { data, error, reload } = useLoad((s) => get<Dashboard>('dashboard', s), 'dashboard');
  const fresh = (time?: string | null) => !!time && Date.now() - new Date(time).getTime() < 2 * DAY;
  return (
    <div class="page">
      <PageHead title={t.menu.apps} about={t.apps.about} actions={<LinkButton icon="upload" to={href('settings/inputs')}>{t.inputs.upload}</LinkButton>} />
      <NeedsHub />
      <div class="card">
        {!data ? (error ? <Failure error={error} retry={reload} /> : <Skeleton />) : data.apps.length === 0
          ? <Empty icon="apps" title={t.dashboard.noSources} action={<LinkButton kind="primary" to={href('settings/inputs')}>{t.inputs.upload}</LinkButton>}>{t.dashboard.noSourcesWhy}</Empty>
          : <Table label={t.menu.apps} rows={data.apps} keyOf={(a) => String(a.service)} columns={[
              { id: 'name', head: t.activity.app, cell: (a) => <span class="row"><Icon name="apps" /><b>{a.name}</b></span> },
              { id: 'state', head: t.state, cell: (a) => (fresh(a.lastActivity) ? <Badge kind="good"><i class="dot good" />{t.apps.fresh}</Badge> : <Badge kind="medium"><i class="dot medium" />{t.apps.quiet}</Badge>) },
              { id: 'last', head: t.apps.last, cell: (a) => <span title={dateTime(a.lastActivity)}>{ago(a.lastActivity)}</span> },
              { id: 'n', head: t.menu.activities, right: true, cell: (a) => <a href={href('activities', { f: JSON.stringify({ service: { eq: [a.service] } }) })}>{number(a.activities)}</a> },
            ]} />}
      </div>
    </div>
  );
}
