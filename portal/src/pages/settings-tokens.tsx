// pages/settings-tokens.tsx - tokens for programs; the secret is shown once.
import { useState } from 'preact/hooks';
import { del, get, post } from '../api';
import { ago, dateMinute } from '../format';
import type { List, Token } from '../model';
import { attempt, useLoad } from '../state';
import { t } from '../texts';
import { Badge, Banner, Button, Copy, Empty, Failure, Skeleton } from '../ui/basic';
import { TextInput } from '../ui/form';
import { Confirm, Dialog } from '../ui/overlay';
import { Table } from '../ui/table';

function Add({ onClose, onDone }: { onClose: () => void; onDone: () => void }) {
  const [name, setName] = useState('');
  const [secret, setSecret] = useState<string | null>(null);
  const submit = () => attempt(async () => { setSecret((await post<{ token: string }>('tokens', { name })).token); onDone(); });
  if (secret) return (
    <Dialog title={t.tokens.made} onClose={onClose} footer={<Button kind="primary" onClick={onClose}>{t.done}</Button>}>
      <Banner kind="warning" icon="key">{t.tokens.once}</Banner><div class="row"><pre class="raw grow">{secret}</pre><Copy text={secret} /></div><p class="muted small">{t.tokens.use}</p>
    </Dialog>
  );
  return (
    <Dialog title={t.tokens.add} onClose={onClose} onSubmit={submit} footer={<><Button onClick={onClose}>{t.cancel}</Button><Button kind="primary" type="submit" disabled={!name.trim()}>{t.tokens.add}</Button></>}>
      <TextInput label={t.name} about={t.tokens.nameAbout} value={name} onChange={setName} required autofocus />
    </Dialog>
  );
}

export function Tokens() {
  const { data, error, reload } = useLoad((s) => get<List<Token>>('tokens', s), 'tokens');
  const [adding, add] = useState(false);
  const [removing, remove] = useState<Token | null>(null);
  return (
    <div class="card">
      <div class="toolbar"><span class="grow" /><Button kind="primary" icon="plus" onClick={() => add(true)}>{t.tokens.add}</Button></div>
      {!data ? (error ? <Failure error={error} retry={reload} /> : <Skeleton />) : data.data.length === 0 ? <Empty icon="key" title={t.tokens.none}>{t.tokens.noneWhy}</Empty>
        : <Table label={t.settings.nav['tokens'] ?? ''} rows={data.data} keyOf={(x) => String(x.id)} columns={[
            { id: 'name', head: t.name, cell: (x) => <b>{x.name}</b> },
            { id: 'state', head: t.state, cell: (x) => <Badge kind={x.state === 'active' ? 'good' : ''}>{t.tokens.state[x.state] ?? x.state}</Badge> },
            { id: 'by', head: t.by, cell: (x) => x.by ?? t.none }, { id: 'created', head: t.created, cell: (x) => dateMinute(x.created) }, { id: 'used', head: t.tokens.lastUsed, cell: (x) => ago(x.lastUsed) },
            { id: 'more', head: '', right: true, cell: (x) => <Button kind="plain" compact icon="trash" label={t.tokens.revoke} onClick={() => remove(x)} /> },
          ]} />}
      {adding && <Add onClose={() => add(false)} onDone={reload} />}
      {removing && <Confirm danger title={t.tokens.revoke} action={t.tokens.revoke} onClose={() => remove(null)} onYes={() => attempt(async () => { await del(`tokens/${removing.id}`); reload(); }, t.deleted)}><p>{t.tokens.revokeAbout(removing.name)}</p></Confirm>}
    </div>
  );
}
