// pages/settings-sensors.tsx - sensors: registered with a bundle that is shown once, what each says of itself, revoked.
import { useState } from 'preact/hooks';
import { del, get, post } from '../api';
import { ago, dateMinute, number } from '../format';
import type { List, Sensor } from '../model';
import { attempt, useLoad, useSession } from '../state';
import { t } from '../texts';
import { Badge, Banner, Button, Copy, Empty, Failure, Skeleton } from '../ui/basic';
import { TextInput } from '../ui/form';
import { Confirm, Dialog } from '../ui/overlay';
import { Table } from '../ui/table';

function Add({ onClose, onDone }: { onClose: () => void; onDone: () => void }) {
  const [name, setName] = useState('');
  const [bundle, setBundle] = useState<string | null>(null);
  const submit = () => attempt(async () => { setBundle((await post<{ bundle: string }>('sensors', { name: name.trim() })).bundle); onDone(); });
  if (bundle) return (
    <Dialog title={t.sensors.made} onClose={onClose} footer={<Button kind="primary" onClick={onClose}>{t.done}</Button>}>
      <Banner kind="warning" icon="key">{t.sensors.once}</Banner><div class="row"><pre class="raw grow">{bundle}</pre><Copy text={bundle} /></div><p class="muted small">{t.sensors.use}</p>
    </Dialog>
  );
  return (
    <Dialog title={t.sensors.add} onClose={onClose} onSubmit={submit} footer={<><Button onClick={onClose}>{t.cancel}</Button><Button kind="primary" type="submit" disabled={!name.trim()}>{t.sensors.add}</Button></>}>
      <TextInput label={t.name} about={t.sensors.nameAbout} value={name} onChange={setName} required autofocus />
    </Dialog>
  );
}

const sum = (s: Sensor, what: 'packets' | 'dropped' | 'skippedForReserve') => (s.said?.interfaces ?? []).reduce((n, x) => n + (x[what] ?? 0), 0);

export function Sensors() {
  const { session } = useSession();
  const { data, error, reload } = useLoad((s) => get<List<Sensor>>('sensors', s), 'sensors');
  const [adding, add] = useState(false);
  const [removing, remove] = useState<Sensor | null>(null);
  const may = session.account.rights.includes('manage_sensors');
  return (
    <div class="card">
      {may && <div class="toolbar"><span class="grow" /><Button kind="primary" icon="plus" onClick={() => add(true)}>{t.sensors.add}</Button></div>}
      {!data ? (error ? <Failure error={error} retry={reload} /> : <Skeleton />) : data.data.length === 0 ? <Empty icon="server" title={t.sensors.none}>{t.sensors.noneWhy}</Empty>
        : <Table label={t.settings.nav['sensors'] ?? ''} rows={data.data} keyOf={(x) => String(x.number)} columns={[
            { id: 'name', head: t.name, cell: (x) => <b>{x.name}</b> },
            { id: 'state', head: t.state, cell: (x) => <Badge kind={x.state === 'ok' ? 'good' : x.state === 'silent' ? 'medium' : ''}>{t.sensorState[x.state] ?? x.state}</Badge> },
            { id: 'seen', head: t.sensors.seen, cell: (x) => ago(x.lastSeen) },
            { id: 'activities', head: t.sensors.activities, right: true, cell: (x) => number(x.said?.activities ?? 0) },
            { id: 'packets', head: t.sensors.packets, right: true, cell: (x) => number(sum(x, 'packets')) },
            { id: 'dropped', head: t.sensors.dropped, right: true, cell: (x) => number(sum(x, 'dropped') + sum(x, 'skippedForReserve')) },
            { id: 'version', head: t.sensors.version, cell: (x) => x.said?.version ?? t.none },
            { id: 'created', head: t.created, cell: (x) => dateMinute(x.created) },
            { id: 'more', head: '', right: true, cell: (x) => may && x.state !== 'revoked' ? <Button kind="plain" compact icon="trash" label={t.sensors.revoke} onClick={() => remove(x)} /> : null },
          ]} />}
      {adding && <Add onClose={() => add(false)} onDone={reload} />}
      {removing && <Confirm danger title={t.sensors.revoke} action={t.sensors.revoke} onClose={() => remove(null)} onYes={() => attempt(async () => { await del(`sensors/${removing.number}`); reload(); }, t.deleted)}><p>{t.sensors.revokeAbout(removing.name)}</p></Confirm>}
    </div>
  );
}
