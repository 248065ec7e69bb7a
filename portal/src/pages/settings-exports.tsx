// pages/settings-exports.tsx - exports of the activity log: how far each is, its file, and how to stop or delete it; and the dialog that asks for one.
import { useState } from 'preact/hooks';
import { del, get, post } from '../api';
import { ago, bytes, dateTime, number } from '../format';
import type { ActivityExport, ExportFormat, Filters, List } from '../model';
import { filterText, href } from '../route';
import { attempt, useLoad } from '../state';
import { t } from '../texts';
import { Badge, Button, Empty, Failure, LinkButton, Progress, Skeleton } from '../ui/basic';
import { Select } from '../ui/form';
import { Confirm, Dialog } from '../ui/overlay';
import { Table } from '../ui/table';

const KIND = { waiting: 'accent', running: 'accent', done: 'good', failed: 'high', cancelled: '' } as const;
const FORMATS: ExportFormat[] = ['csv', 'json', 'ocsf', 'ecs'];
const unfinished = (e: ActivityExport) => e.state === 'waiting' || e.state === 'running';

/** Asks for one, and says where it will be. */
export function ExportDialog({ filters, onClose }: { filters: Filters; onClose: () => void }) {
  const [format, setFormat] = useState<ExportFormat>('csv');
  const [started, setStarted] = useState(false);
  const submit = async () => { if (await attempt(() => post('exports', { filters, format }))) setStarted(true); };
  if (started) return (
    <Dialog title={t.exports.ask} onClose={onClose} footer={<><Button onClick={onClose}>{t.close}</Button><LinkButton kind="primary" to={href('settings/exports')}>{t.exports.open}</LinkButton></>}>
      <p>{t.exports.started}</p>
    </Dialog>
  );
  return (
    <Dialog title={t.exports.ask} onClose={onClose} onSubmit={submit} footer={<><Button onClick={onClose}>{t.cancel}</Button><Button kind="primary" type="submit">{t.exports.start}</Button></>}>
      <p>{t.exports.askAbout}</p>
      <Select field label={t.exports.format} value={format} options={FORMATS.map((f) => [f, t.exports.formats[f] ?? f])} onChange={setFormat} />
    </Dialog>
  );
}

function Done({ of }: { of: ActivityExport }) {
  if (unfinished(of)) return <Progress label={t.exports.state[of.state] ?? of.state} value={of.of ? of.activities / of.of : 0} secondsLeft={of.secondsLeft} />;
  return <><Badge kind={KIND[of.state]}>{t.exports.state[of.state] ?? of.state}</Badge>{of.why && <div class="sub">{t.exports.why[of.why] ?? of.why}</div>}{of.state === 'done' && of.more && <div class="sub">{t.exports.more}</div>}</>;
}

function Actions({ of, onDone, onDelete }: { of: ActivityExport; onDone: () => void; onDelete: () => void }) {
  return (
    <div class="row">
      {of.state === 'done' && <LinkButton compact icon="download" to={`/api/vigie/v1/exports/${of.id}/file`}>{t.exports.download}</LinkButton>}
      {unfinished(of) ? <Button compact onClick={() => attempt(async () => { await post(`exports/${of.id}/cancel`); onDone(); })}>{t.cancel}</Button>
        : <Button compact kind="plain" icon="trash" label={t.delete} onClick={onDelete} />}
    </div>
  );
}

export function Exports() {
  const { data, error, reload } = useLoad((s) => get<List<ActivityExport>>('exports', s), 'exports', (d) => (d?.data.some(unfinished) ? 1000 : 30_000));
  const [drop, setDrop] = useState<ActivityExport | null>(null);
  return (
    <div class="card" data-test="exports">
      {!data ? (error ? <Failure error={error} retry={reload} /> : <Skeleton />) : data.data.length === 0 ? <Empty icon="download" title={t.exports.none} action={<LinkButton to={href('activities')}>{t.menu.activities}</LinkButton>}>{t.exports.noneWhy}</Empty>
        : <Table label={t.settings.nav['exports'] ?? ''} rows={data.data} keyOf={(e) => String(e.id)} columns={[
            { id: 'format', head: t.exports.format, cell: (e) => <><b>{t.exports.formats[e.format] ?? e.format}</b><div class="sub">{e.query ?? <a href={href('activities', { f: filterText(e.filters ?? {}) })}>{t.exports.filter}</a>}</div></> },
            { id: 'by', head: t.by, cell: (e) => <>{e.by}<div class="sub nowrap" title={dateTime(e.asked)}>{ago(e.asked)}</div></> },
            { id: 'state', head: t.state, cell: (e) => <Done of={e} /> },
            { id: 'activities', head: t.exports.activities, right: true, cell: (e) => number(e.activities) },
            { id: 'bytes', head: t.exports.size, right: true, cell: (e) => <span class="nowrap">{bytes(e.bytes)}</span> },
            { id: 'expires', head: t.exports.expires, right: true, cell: (e) => <span class="nowrap" title={dateTime(e.expires)}>{e.expires ? ago(e.expires) : t.none}</span> },
            { id: 'actions', head: '', right: true, cell: (e) => <Actions of={e} onDone={reload} onDelete={() => setDrop(e)} /> },
          ]} />}
      {drop && <Confirm danger title={t.exports.remove} action={t.delete} onClose={() => setDrop(null)} onYes={() => attempt(async () => { await del(`exports/${drop.id}`); reload(); }, t.deleted)}>{t.exports.removeAbout}</Confirm>}
    </div>
  );
}
