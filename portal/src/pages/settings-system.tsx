// pages/settings-system.tsx - organisation, language, time zone, how long data stays.
import { useState } from 'preact/hooks';
import { get, put } from '../api';
import type { Settings } from '../model';
import { attempt, useDenied, useLoad, useSession } from '../state';
import { t } from '../texts';
import { Button, Card, Failure, Skeleton } from '../ui/basic';
import { NumberInput, Select, TextInput } from '../ui/form';

function Form({ of, onDone }: { of: Settings; onDone: () => void }) {
  const [draft, set] = useState(of);
  const denied = useDenied('manage_settings');
  const changed = JSON.stringify(draft) !== JSON.stringify(of);
  const keep = (name: keyof Settings['retention']) => <NumberInput label={t.settings.keep[name]} min={1} max={3650} value={draft.retention[name]} disabled={!!denied} onChange={(days) => set({ ...draft, retention: { ...draft.retention, [name]: days } })} />;
  const save = () => attempt(async () => { await put('settings', draft); onDone(); }, t.saved);
  return (
    <form class="stack" onSubmit={(e) => { e.preventDefault(); void save(); }}>
      <Card title={t.settings.organisation}><div class="form">
        <TextInput label={t.name} value={draft.organisation} disabled={!!denied} onChange={(organisation) => set({ ...draft, organisation })} required />
        <Select field label={t.settings.language} disabled={!!denied} value={draft.language} options={[['en', 'English'], ['fr', 'Français']]} onChange={(language) => set({ ...draft, language })} />
      </div></Card>
      <Card title={t.settings.retention}><div class="stack"><p class="muted">{t.settings.retentionAbout}</p><div class="form"><div class="two">{keep('activities')}{keep('alerts')}</div><div class="two">{keep('discovery')}{keep('governance')}</div></div></div></Card>
      <Card title={t.governance.section}><div class="form"><NumberInput label={t.governance.people} about={t.governance.peopleAbout} min={0} max={1000} value={draft.governance.people} disabled={!!denied} onChange={(people) => set({ ...draft, governance: { people } })} /></div></Card>
      <div class="row"><Button kind="primary" type="submit" denied={denied} disabled={!changed}>{t.save}</Button>{denied && <span class="muted small">{denied}</span>}</div>
    </form>
  );
}

export function System() {
  const { data, error, reload } = useLoad((s) => get<Settings>('settings', s), 'settings');
  const { reload: renew } = useSession();
  if (!data) return <div class="card">{error ? <Failure error={error} retry={reload} /> : <Skeleton />}</div>;
  return <Form key={JSON.stringify(data)} of={data} onDone={() => { reload(); void renew(); }} />;
}
