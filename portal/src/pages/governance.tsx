// pages/governance.tsx - actions taken on accounts, once the server keeps them.
import { ApiError, get } from '../api';
import { dateTime } from '../format';
import type { List } from '../model';
import { href } from '../route';
import { useLoad } from '../state';
import { t } from '../texts';
import { Badge, Empty, Failure, LinkButton, PageHead, Skeleton } from '../ui/basic';
import { Table } from '../ui/table';

interface Action { id: string; time: string; action: string; user?: { id: string; name: string } | null; by?: string | null; status: string; why?: string | null }

export function Governance() {
  const { data, error, reload } = useLoad((s) => get<List<Action>>('governance', s), 'governance');
  const missing = error instanceof ApiError && error.status === 404;
  return (
    <div class="page">
      <PageHead title={t.menu.governance} about={t.governance.about} />
      <div class="card">
        {!data && !error ? <Skeleton /> : error && !missing ? <Failure error={error} retry={reload} /> : !data?.data.length
          ? <Empty icon="log" title={t.governance.none} action={<LinkButton to={href('users')}>{t.menu.users}</LinkButton>}>{missing ? t.governance.missing : t.governance.noneWhy}</Empty>
          : <Table label={t.menu.governance} rows={data.data} keyOf={(a) => a.id} columns={[
              { id: 'time', head: t.activity.time, cell: (a) => dateTime(a.time) },
              { id: 'action', head: t.governance.action, cell: (a) => t.governance.actions[a.action] ?? a.action },
              { id: 'user', head: t.activity.user, cell: (a) => (a.user ? <a href={href(`users/${a.user.id}`)}>{a.user.name}</a> : t.none) },
              { id: 'by', head: t.by, cell: (a) => a.by ?? t.none },
              { id: 'status', head: t.state, cell: (a) => <><Badge>{t.governance.status[a.status] ?? a.status}</Badge>{a.why && <div class="sub">{a.why}</div>}</> },
            ]} />}
      </div>
    </div>
  );
}
