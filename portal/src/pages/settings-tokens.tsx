// pages/settings-tokens.tsx - tokens for programs: what each may, made, listed, revoked; the secret is shown once.
import { useState } from 'preact/hooks';
import { del, get, post } from '../api';
import { ago, dateMinute } from '../format';
import type { List, Token } from '../model';
import { attempt, useLoad } from '../state';
import { t } from '../texts';
import { Badge, Banner, Button, Copy, Empty, Failure, Skeleton } from '../ui/basic';
import { Check, Field, Select, TextInput } from '../ui/form';
import { Confirm, Dialog } from '../ui/overlay';
import { Table } from '../ui/table';

interface Made { token: string; clientId: string }

function Once({ made, onClose }: { made: Made; onClose: () => void }) {
  return (
    <Dialog title={t.tokens.made} onClose={onClose} footer={<Button kind="primary" onClick={onClose}>{t.done}</Button>}>
      <Banner kind="warning" icon="key">{t.tokens.once}</Banner><div class="row"><pre class="raw grow" data-test="token">{made.token}</pre><Copy text={made.token} /></div><p class="muted small">{t.tokens.use}</p>
      <Field label={t.tokens.client} about={t.tokens.clientAbout}><span class="row"><code>{made.clientId}</code><Copy text={made.clientId} /></span></Field>
    </Dialog>
  );
}

function Add({ onClose, onDone }: { onClose: () => void; onDone: () => void }) {
  const [name, setName] = useState('');
  const [limited, limit] = useState(false);
  const [scopes, setScopes] = useState<string[]>([]);
  const [siem, setSiem] = useState(false);
  const [made, setMade] = useState<Made | null>(null);
  const submit = () => attempt(async () => { setMade(await post<Made>('tokens', { name, siem, ...(limited && { scopes }) })); onDone(); });
  if (made) return <Once made={made} onClose={onClose} />;
  return (
    <Dialog title={t.tokens.add} onClose={onClose} onSubmit={submit} footer={<><Button onClick={onClose}>{t.cancel}</Button><Button kind="primary" type="submit" disabled={!name.trim() || (limited && scopes.length === 0)}>{t.tokens.add}</Button></>}>
      <TextInput label={t.name} about={t.tokens.nameAbout} value={name} onChange={setName} required autofocus />
      <Select field label={t.tokens.may} value={limited ? 'only' : 'everything'} options={[['everything', t.tokens.everything], ['only', t.tokens.only]]} onChange={(v) => limit(v === 'only')} />
      {limited && <div class="stack tight" role="group" aria-label={t.tokens.only}>
        {Object.entries(t.tokens.scope).map(([id, about]) => <Check key={id} checked={scopes.includes(id)} onChange={(on) => setScopes(on ? [...scopes, id] : scopes.filter((x) => x !== id))}><b>{id}</b><div class="muted small">{about}</div></Check>)}
        {scopes.length === 0 && <small class="muted">{t.tokens.chooseOne}</small>}
      </div>}
      <Check checked={siem} onChange={setSiem}>{t.tokens.siem}</Check>
    </Dialog>
  );
}

function May({ of }: { of: Token }) {
  return <>{of.scopes ? of.scopes.map((s) => <div key={s} title={t.tokens.scope[s]}>{s}</div>) : t.tokens.everything}{of.siem && <div><Badge>{t.tokens.siem}</Badge></div>}</>;
}

export function Tokens() {
  const { data, error, reload } = useLoad((s) => get<List<Token>>('tokens', s), 'tokens');
  const [adding, add] = useState(false);
  const [removing, remove] = useState<Token | null>(null);
  return (
    <div class="card">
      <div class="toolbar"><span class="grow" /><Button kind="primary" icon="plus" onClick={() => add(true)}>{t.tokens.add}</Button></div>
      {!data ? (error ? <Failure error={error} retry={reload} /> : <Skeleton />) : data.data.length === 0 ? <Empty icon="key" title={t.tokens.none}>{t.tokens.noneWhy}</Empty>
        : <div data-test="tokens"><Table label={t.settings.nav['tokens'] ?? ''} rows={data.data} keyOf={(x) => String(x.id)} columns={[
            { id: 'name', head: t.name, cell: (x) => <><b>{x.name}</b><div class="sub mono" title={t.tokens.client}>{x.clientId}</div></> },
            { id: 'may', head: t.tokens.may, cell: (x) => <May of={x} /> },
            { id: 'state', head: t.state, cell: (x) => <Badge kind={x.state === 'active' ? 'good' : ''}>{t.tokens.state[x.state] ?? x.state}</Badge> },
            { id: 'by', head: t.by, cell: (x) => x.by ?? t.none }, { id: 'created', head: t.created, cell: (x) => dateMinute(x.created) }, { id: 'used', head: t.tokens.lastUsed, cell: (x) => ago(x.lastUsed) },
            { id: 'more', head: '', right: true, cell: (x) => <Button kind="plain" compact icon="trash" label={t.tokens.revoke} onClick={() => remove(x)} /> },
          ]} /></div>}
      {adding && <Add onClose={() => add(false)} onDone={reload} />}
      {removing && <Confirm danger title={t.tokens.revoke} action={t.tokens.revoke} onClose={() => remove(null)} onYes={() => attempt(async () => { await del(`tokens/${removing.id}`); reload(); }, t.deleted)}><p>{t.tokens.revokeAbout(removing.name)}</p></Confirm>}
    </div>
  );
}
