// pages/settings-exclusions.tsx - every exclusion of every policy in one place.
import { useState } from 'preact/hooks';
import { get, put } from '../api';
import type { Exclusion, List, Policy } from '../model';
import { href } from '../route';
import { attempt, useDenied, useLoad } from '../state';
import { t } from '../texts';
import { Card, Empty, Failure, LinkButton, Skeleton } from '../ui/basic';
import { Select } from '../ui/form';
import { Exclusions } from './policy-drawer';

export function ExclusionsPage() {
  const { data, error, reload } = useLoad((s) => get<List<Policy>>('policies', s), 'policies');
  const denied = useDenied('exclude');
  const [chosen, choose] = useState('');
  if (!data) return <div class="card">{error ? <Failure error={error} retry={reload} /> : <Skeleton />}</div>;
  const all = data.data.filter((p) => p.type !== 'activity');
  const shown = all.filter((p) => p.exclusions?.length || p.id === chosen);
  const save = (p: Policy) => (exclusions: Exclusion[]) => void attempt(async () => { await put(`policies/${p.id}`, { exclusions }); reload(); }, t.saved);
  return (
    <div class="stack">
      {all.length > 0 && <div class="row"><Select label={t.exclusions.forPolicy} value={chosen} options={[['', t.exclusions.choose], ...all.map((p): [string, string] => [p.id, p.externalId ? `${p.name} (${p.externalId})` : p.name])]} onChange={choose} /></div>}
      {shown.length === 0 && <div class="card"><Empty icon="filter" title={t.exclusions.none} action={<LinkButton to={href('alerts')}>{t.menu.alerts}</LinkButton>}>{t.exclusions.noneWhy}</Empty></div>}
      {shown.map((p) => <Card key={p.id} title={p.name}><Exclusions of={p.exclusions ?? []} set={save(p)} denied={denied} /></Card>)}
    </div>
  );
}
