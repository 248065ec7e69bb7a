// pages/settings-tags.tsx - entities that deserve a second look, and servers whose part the hub should know.
import { useState } from 'preact/hooks';
import { get, put } from '../api';
import type { Tags } from '../model';
import { attempt, useDenied, useLoad } from '../state';
import { t } from '../texts';
import { Button, Card, Failure, Skeleton } from '../ui/basic';
import { Input } from '../ui/form';
import { Icon } from '../ui/icon';

type Kind = keyof Tags;
const KINDS: Kind[] = ['sensitive', 'honeytoken', 'dc', 'dns', 'replicator'];

function One({ kind, of, set, denied }: { kind: Kind; of: Tags[Kind]; set: (names: Tags[Kind]) => unknown; denied?: string }) {
  const [name, setName] = useState('');
  const add = (e: Event) => { e.preventDefault(); if (name.trim()) { void set([...of, { name: name.trim() }]); setName(''); } };
  return (
    <Card title={t.tags.title[kind]}>
      <form class="stack tight" onSubmit={add}>
        <p class="muted">{t.tags.about[kind]}</p>
        {of.length > 0 && <div class="row wrap">{of.map((e) => <span key={e.name} class="chip">{e.name}<button type="button" aria-label={t.remove} disabled={!!denied} onClick={() => void set(of.filter((x) => x !== e))}><Icon tiny name="close" /></button></span>)}</div>}
        <div class="row"><Input compact value={name} onChange={setName} placeholder={t.tags.hint} aria-label={t.tags.hint} /><Button compact type="submit" denied={denied} disabled={!name.trim()}>{t.add}</Button></div>
      </form>
    </Card>
  );
}

export function TagsPage() {
  const { data, error, reload } = useLoad((s) => get<Tags>('tags', s), 'tags');
  const denied = useDenied('tag');
  if (!data) return <div class="card">{error ? <Failure error={error} retry={reload} /> : <Skeleton />}</div>;
  const set = (kind: Kind) => (names: Tags[Kind]) => attempt(async () => { await put('tags', { ...data, [kind]: names }); reload(); }, t.saved);
  return <div class="stack">{KINDS.map((k) => <One key={k} kind={k} of={data[k] ?? []} set={set(k)} denied={denied} />)}</div>;
}
