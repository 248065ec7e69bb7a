// pages/settings-inputs.tsx - everything the hub was given to read, and what came of it; new files by drag and drop.
import { useRef, useState } from 'preact/hooks';
import { get, post, query } from '../api';
import { ago, bytes, dateTime, number } from '../format';
import type { Input, List } from '../model';
import { attempt, useDenied, useLoad } from '../state';
import { t } from '../texts';
import { Badge, Button, Empty, Failure, Progress, Skeleton } from '../ui/basic';
import { Icon } from '../ui/icon';
import { Table } from '../ui/table';

function Upload({ onDone }: { onDone: () => void }) {
  const [over, setOver] = useState(false);
  const [at, setAt] = useState<{ name: string; n: number; of: number } | null>(null);
  const pick = useRef<HTMLInputElement>(null);
  const denied = useDenied('upload');
  const send = async (files: FileList | null | undefined) => {
    const all = [...(files ?? [])];
    for (const [n, file] of all.entries()) {
      setAt({ name: file.name, n, of: all.length });
      if (!(await attempt(() => post(`inputs${query({ name: file.name })}`, file), t.inputs.sent(file.name)))) break;
      onDone();
    }
    setAt(null);
  };
  return (
    <div class="body"><div class={over ? 'drop over' : 'drop'} onDragOver={(e) => { e.preventDefault(); setOver(true); }} onDragLeave={() => setOver(false)} onDrop={(e) => { e.preventDefault(); setOver(false); if (!denied) void send(e.dataTransfer?.files); }}>
      <Icon name="upload" /><p>{t.inputs.drop}</p>
      <Button kind="primary" denied={denied} disabled={!!at} onClick={() => pick.current?.click()}>{t.inputs.choose}</Button>
      <input ref={pick} type="file" multiple hidden onChange={(e) => void send(e.currentTarget.files)} />
      <p class="small">{t.inputs.formats}</p>{denied && <p class="small">{denied}</p>}
      {at && <Progress label={at.name} value={at.n / at.of} />}
    </div></div>
  );
}

const KIND = { waiting: 'accent', done: 'good', failed: 'high' } as const;

export function Inputs() {
  const { data, error, reload } = useLoad((s) => get<List<Input>>('inputs', s), 'inputs', (d) => (d?.data.some((i) => i.state === 'waiting') ? 1500 : 10_000));
  return (
    <div class="card">
      <Upload onDone={reload} />
      {!data ? (error ? <Failure error={error} retry={reload} /> : <Skeleton />) : data.data.length === 0 ? <Empty icon="file" title={t.inputs.none}>{t.inputs.noneWhy}</Empty>
        : <Table label={t.settings.nav['inputs'] ?? ''} rows={data.data} keyOf={(i) => String(i.number)} columns={[
            { id: 'name', head: t.name, cell: (i) => <><b class="wrap-anywhere">{i.name}</b><div class="sub">{[i.format, i.bytes !== undefined && bytes(i.bytes), i.by].filter(Boolean).join(' · ')}</div></> },
            { id: 'state', head: t.state, cell: (i) => <Badge kind={KIND[i.state] ?? ''}>{t.inputs.state[i.state] ?? i.state}</Badge> },
            { id: 'records', head: t.inputs.records, right: true, cell: (i) => number(i.records ?? 0) }, { id: 'activities', head: t.menu.activities, right: true, cell: (i) => <>{number(i.activities ?? 0)}{!!i.repeats && <div class="sub">{t.inputs.repeats(i.repeats)}</div>}</> },
            { id: 'faults', head: t.inputs.faults, right: true, cell: (i) => (i.faults ? <span title={i.firstFault ?? ''}><Badge kind="medium">{number(i.faults)}</Badge></span> : <span class="muted">0</span>) },
            { id: 'received', head: t.inputs.received, right: true, cell: (i) => <span class="nowrap" title={dateTime(i.received)}>{ago(i.received)}</span> },
          ]} />}
    </div>
  );
}
