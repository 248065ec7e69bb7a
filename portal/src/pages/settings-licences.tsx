// pages/settings-licences.tsx - signed files that say which sides of the product may be used for which directory.
import { useState } from 'preact/hooks';
import { del, get, post } from '../api';
import { date } from '../format';
import type { Licence, LicenceList } from '../model';
import { attempt, useDenied, useLoad, useSession } from '../state';
import { t } from '../texts';
import { Badge, Button, Empty, Failure, Skeleton } from '../ui/basic';
import { TextArea } from '../ui/form';
import { Confirm, Dialog } from '../ui/overlay';
import { Table } from '../ui/table';

function Add({ onClose, onDone }: { onClose: () => void; onDone: () => void }) {
  const [text, setText] = useState('');
  const submit = async () => { if (await attempt(() => post('licences', { text }), t.licences.installed)) onDone(); };
  const read = (e: Event) => { const file = (e.currentTarget as HTMLInputElement).files?.[0]; if (file) void file.text().then(setText); };
  return (
    <Dialog title={t.licences.add} onClose={onClose} onSubmit={submit} footer={<><Button onClick={onClose}>{t.cancel}</Button><Button kind="primary" type="submit" disabled={!text.trim()}>{t.licences.add}</Button></>}>
      <input type="file" aria-label={t.licences.file} onChange={read} />
      <TextArea label={t.licences.text} about={t.licences.textAbout} rows={8} value={text} onChange={setText} required />
    </Dialog>
  );
}

export function Licences() {
  const { data, error, reload } = useLoad((s) => get<LicenceList>('licences', s), 'licences');
  const { reload: renew } = useSession();
  const denied = useDenied('manage_settings');
  const [adding, add] = useState(false);
  const [removing, remove] = useState<Licence | null>(null);
  const done = () => { add(false); reload(); void renew(); };
  return (
    <div class="card">
      <div class="toolbar"><span class="grow muted">{data?.domainSid && <>{t.licences.seen} <b>{data.domain}</b> <code>{data.domainSid}</code></>}</span><Button kind="primary" icon="plus" denied={denied} onClick={() => add(true)}>{t.licences.add}</Button></div>
      {!data ? (error ? <Failure error={error} retry={reload} /> : <Skeleton />) : data.data.length === 0 ? <Empty icon="key" title={t.licences.none} action={<Button kind="primary" denied={denied} onClick={() => add(true)}>{t.licences.add}</Button>}>{t.licences.noneWhy}</Empty>
        : <Table label={t.settings.nav['licences'] ?? ''} rows={data.data} keyOf={(l) => l.id} columns={[
            { id: 'product', head: t.licences.product, cell: (l) => <><b>{t.licences.products[l.product] ?? l.product}</b><div class="sub">{l.organisation}</div></> },
            { id: 'domain', head: t.user.domain, cell: (l) => <>{l.domain ?? t.none}{l.domainSid && <div class="sub mono">{l.domainSid}</div>}</> },
            { id: 'expires', head: t.licences.expires, cell: (l) => date(l.expires) },
            { id: 'valid', head: t.state, cell: (l) => <><Badge kind={l.valid ? 'good' : 'high'}>{l.valid ? t.licences.valid : t.licences.invalid}</Badge>{l.why && <div class="sub">{t.linkSays[l.why] ?? l.why}</div>}</> },
            { id: 'more', head: '', right: true, cell: (l) => <Button kind="plain" compact icon="trash" label={t.delete} denied={denied} onClick={() => remove(l)} /> },
          ]} />}
      {adding && <Add onClose={() => add(false)} onDone={done} />}
      {removing && <Confirm danger title={t.licences.remove} action={t.delete} onClose={() => remove(null)} onYes={() => attempt(async () => { await del(`licences/${removing.id}`); done(); }, t.deleted)}><p>{t.licences.removeAbout}</p></Confirm>}
    </div>
  );
}
