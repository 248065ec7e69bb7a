// pages/settings-roles.tsx - what each role may do.
import { get } from '../api';
import type { List, Role } from '../model';
import { useLoad } from '../state';
import { t } from '../texts';
import { Badge, Card, Failure, Skeleton } from '../ui/basic';

export function Roles() {
  const { data, error, reload } = useLoad((s) => get<List<Role>>('roles', s), 'roles');
  if (!data) return <div class="card">{error ? <Failure error={error} retry={reload} /> : <Skeleton rows={10} />}</div>;
  return (
    <div class="stack">
      {data.data.map((r) => (
        <Card key={r.id} title={t.roleName[r.id] ?? r.name} extra={r.scope && r.scope !== 'all' ? <Badge>{t.roleScope[r.scope] ?? r.scope}</Badge> : undefined}>
          <div class="stack tight">{r.about && <p>{r.about}</p>}<div class="row wrap">{r.rights.map((x) => <Badge key={x}>{t.rights[x] ?? x}</Badge>)}</div></div>
        </Card>
      ))}
    </div>
  );
}
