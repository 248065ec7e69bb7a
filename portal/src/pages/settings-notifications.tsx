// pages/settings-notifications.tsx - who is told about alerts: by mail, syslog, webhook. Secrets are written, never read.
import { useState } from 'preact/hooks';
import { get, post, put } from '../api';
import type { Notifications } from '../model';
import { attempt, notify, useDenied, useLoad } from '../state';
import { t } from '../texts';
import { Button, Card, Failure, Skeleton } from '../ui/basic';
import { NumberInput, Select, Switch, TextInput } from '../ui/form';
import { SEVERITIES } from '../words';

type Channel = keyof Notifications;
interface PartProps { of: Notifications; set: (n: Notifications) => void }

function Severity({ value, onChange }: { value?: string; onChange: (v: string) => void }) {
  return <Select field label={t.notifications.from} value={value ?? 'medium'} options={SEVERITIES.map((s) => [s as string, t.severity[s]])} onChange={onChange} />;
}

function Mail({ of, set }: PartProps) {
  const m = of.mail;
  const part = (p: Partial<Notifications['mail']>) => set({ ...of, mail: { ...m, ...p } });
  return (
    <div class="form">
      <div class="two"><TextInput label={t.notifications.server} value={m.server ?? ''} onChange={(server) => part({ server })} required placeholder="smtp.example.org" /><NumberInput label={t.notifications.port} value={m.port ?? 587} onChange={(port) => part({ port })} /></div>
      <div class="two"><Select field label={t.notifications.tls} value={String(m.tls ?? 'starttls')} options={[['starttls', 'STARTTLS'], ['tls', 'TLS'], ['none', t.notifications.plain]]} onChange={(tls) => part({ tls })} /><TextInput label={t.notifications.sender} type="email" value={m.from ?? ''} onChange={(from) => part({ from })} required /></div>
      <div class="two"><TextInput label={t.gate.name} value={m.user ?? ''} onChange={(user) => part({ user })} autocomplete="off" /><TextInput label={t.gate.password} about={t.secretKept} type="password" autocomplete="new-password" value={m.password ?? ''} onChange={(password) => part({ password })} /></div>
      <TextInput label={t.notifications.to} about={t.admins.commas} value={(m.to ?? []).join(', ')} onChange={(v) => part({ to: v.split(',').map((x) => x.trim()) })} />
      <div class="two"><Severity value={m.severity} onChange={(severity) => part({ severity })} /><NumberInput label={t.notifications.perDay} min={1} value={m.perDay ?? 100} onChange={(perDay) => part({ perDay })} /></div>
    </div>
  );
}

function Syslog({ of, set }: PartProps) {
  const s = of.syslog;
  const part = (p: Partial<Notifications['syslog']>) => set({ ...of, syslog: { ...s, ...p } });
  return (
    <div class="form">
      <div class="two"><TextInput label={t.notifications.server} value={s.host ?? ''} onChange={(host) => part({ host })} required placeholder="siem.example.org" /><NumberInput label={t.notifications.port} value={s.port ?? 514} onChange={(port) => part({ port })} /></div>
      <div class="two"><Select field label={t.notifications.transport} value={s.transport ?? 'udp'} options={[['udp', 'UDP'], ['tcp', 'TCP'], ['tls', 'TLS']]} onChange={(transport) => part({ transport })} /><Select field label={t.notifications.format} value={s.format ?? 'rfc5424'} options={[['rfc5424', 'RFC 5424'], ['rfc3164', 'RFC 3164']]} onChange={(format) => part({ format })} /></div>
      <div class="two"><Select field label={t.notifications.cef} value={s.cef ?? 'cef'} options={[['cef', t.notifications.cefLegal], ['azure-atp', t.notifications.cefAtp]]} onChange={(cef) => part({ cef })} /><Severity value={s.severity} onChange={(severity) => part({ severity })} /></div>
    </div>
  );
}

function Webhook({ of, set }: PartProps) {
  const w = of.webhook;
  const part = (p: Partial<Notifications['webhook']>) => set({ ...of, webhook: { ...w, ...p } });
  return (
    <div class="form">
      <TextInput label={t.notifications.url} type="url" value={w.url ?? ''} onChange={(url) => part({ url })} required placeholder="https://soar.example.org/hook" />
      <div class="two"><TextInput label={t.notifications.key} about={t.notifications.keyAbout} type="password" autocomplete="new-password" value={w.key ?? ''} onChange={(key) => part({ key })} /><Severity value={w.severity} onChange={(severity) => part({ severity })} /></div>
    </div>
  );
}

const PARTS: [Channel, (p: PartProps) => preact.JSX.Element][] = [['mail', Mail], ['syslog', Syslog], ['webhook', Webhook]];

function Form({ of, onDone }: { of: Notifications; onDone: () => void }) {
  const [draft, set] = useState(of);
  const denied = useDenied('notifications');
  const changed = JSON.stringify(draft) !== JSON.stringify(of);
  const save = () => attempt(async () => { await put('notifications', draft); onDone(); }, t.saved);
  const test = (channel: Channel) => attempt(async () => {
    const r = await post<{ ok: boolean; why?: string }>('notifications/test', { channel });
    notify(r.ok ? t.notifications.tested : t.notifications.testFailed(r.why ?? ''), !r.ok);
  });
  return (
    <form class="stack" onSubmit={(e) => { e.preventDefault(); void save(); }}>
      {PARTS.map(([id, Part]) => (
        <Card key={id} title={t.notifications.title[id]} extra={<span class="row"><Button compact denied={denied} disabled={changed || !of[id].enabled} onClick={() => test(id)}>{t.notifications.test}</Button><Switch label={t.notifications.title[id]} on={draft[id].enabled} denied={denied} onChange={(enabled) => set({ ...draft, [id]: { ...draft[id], enabled } })} /></span>}>
          {draft[id].enabled ? <Part of={draft} set={set} /> : <p class="muted">{t.notifications.about[id]}</p>}
        </Card>
      ))}
      <div class="row"><Button kind="primary" type="submit" denied={denied} disabled={!changed}>{t.save}</Button></div>
    </form>
  );
}

export function NotificationsPage() {
  const { data, error, reload } = useLoad((s) => get<Notifications>('notifications', s), 'notifications');
  if (!data) return <div class="card">{error ? <Failure error={error} retry={reload} /> : <Skeleton />}</div>;
  const whole: Notifications = { mail: { ...data.mail, enabled: !!data.mail?.enabled }, syslog: { ...data.syslog, enabled: !!data.syslog?.enabled }, webhook: { ...data.webhook, enabled: !!data.webhook?.enabled } };
  return <Form key={JSON.stringify(data)} of={whole} onDone={reload} />;
}
