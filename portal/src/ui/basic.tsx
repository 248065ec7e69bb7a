// ui/basic.tsx - buttons, badges, states of loading and emptiness: what every page is made of.
import type { ComponentChildren, TargetedKeyboardEvent } from 'preact';
import { useState } from 'preact/hooks';
import { initials, number, percent, duration } from '../format';
import type { Severity, Shore } from '../model';
import { problem } from '../state';
import { t } from '../texts';
import { Icon, type IconName } from './icon';

type Kind = 'primary' | 'danger' | 'quiet' | 'plain' | '';

export interface ButtonProps {
  children?: ComponentChildren; kind?: Kind; icon?: IconName; onClick?: () => unknown; disabled?: boolean; denied?: string | undefined; compact?: boolean; label?: string;
  type?: 'button' | 'submit'; expanded?: boolean;
}

/** `denied`: why it may not be used; then it is disabled and says so. While what it started runs, it is disabled. */
export function Button(p: ButtonProps) {
  const [busy, setBusy] = useState(false);
  const run = () => {
    const result = p.onClick?.();
    if (result instanceof Promise) {
      setBusy(true);
      void result.finally(() => setBusy(false));
    }
  };
  const cls = ['button', p.kind, p.compact && 'compact', !p.children && 'icon-only'].filter(Boolean).join(' ');
  return (
    <button type={p.type ?? 'button'} class={cls} onClick={run} disabled={p.disabled || busy || !!p.denied} title={p.denied ?? p.label} aria-label={p.label}
      aria-expanded={p.expanded} aria-busy={busy}>
      {p.icon && <Icon name={p.icon} />}{p.children}
    </button>
  );
}

export function LinkButton({ to, children, kind = '', icon, compact }: { to: string; children: ComponentChildren; kind?: Kind; icon?: IconName; compact?: boolean }) {
  return <a class={`button ${kind} ${compact ? 'compact' : ''}`} href={to}>{icon && <Icon name={icon} />}{children}</a>;
}

export function Badge({ kind = '', children }: { kind?: string; children: ComponentChildren }) {
  return <span class={`badge ${kind}`}>{children}</span>;
}

export function SeverityBadge({ of }: { of: Severity }) {
  return <span class={`badge ${of}`}><i class={`dot ${of}`} />{t.severity[of] ?? of}</span>;
}

export function ShoreBadge({ of }: { of: Shore }) {
  return <span class={`badge ${of === 'onprem' ? 'onprem' : 'accent'}`}>{t.shore[of]}</span>;
}

export function TagBadges({ tags }: { tags?: string[] }) {
  return <>{(tags ?? []).map((tag) => <Badge key={tag} kind={tag === 'sensitive' || tag === 'honeytoken' ? 'medium' : ''}>{t.tag[tag] ?? tag}</Badge>)}</>;
}

export function Avatar({ name, large }: { name: string; large?: boolean }) {
  return <span class={large ? 'avatar large' : 'avatar'} aria-hidden="true">{initials(name)}</span>;
}

export function Card({ title, extra, children, span, flush, tall }: { title?: ComponentChildren; extra?: ComponentChildren; children: ComponentChildren; span?: number; flush?: boolean; tall?: boolean }) {
  return (
    <section class={['card', span && `span${span}`, tall && 'tall'].filter(Boolean).join(' ')}>
      {title && <header><h2>{title}</h2>{extra}</header>}
      {flush ? children : <div class="body">{children}</div>}
    </section>
  );
}

export function PageHead({ title, about, crumbs, actions }: { title: ComponentChildren; about?: ComponentChildren; crumbs?: ComponentChildren; actions?: ComponentChildren }) {
  return (
    <div class="page-head">
      <div class="grow">
        {crumbs && <div class="crumbs">{crumbs}</div>}
        <h1>{title}</h1>
        {about && <p>{about}</p>}
      </div>
      {actions && <div class="row">{actions}</div>}
    </div>
  );
}

/** Why there is nothing here, and what to do next. */
export function Empty({ icon = 'search', title, children, action }: { icon?: IconName; title: string; children?: ComponentChildren; action?: ComponentChildren }) {
  return <div class="empty"><Icon name={icon} /><h3>{title}</h3>{children && <p>{children}</p>}{action && <div class="row">{action}</div>}</div>;
}

export function Skeleton({ rows = 6 }: { rows?: number }) {
  return <div class="skeleton" role="status" aria-label={t.loading}>{Array.from({ length: rows }, (_, i) => <i key={i} />)}</div>;
}

export function Failure({ error, retry }: { error: unknown; retry?: () => void }) {
  return <Empty icon="alert" title={t.failed} action={retry && <Button icon="refresh" onClick={retry}>{t.retry}</Button>}>{problem(error)}</Empty>;
}

export function Banner({ kind = 'info', icon = 'help', children, action }: { kind?: 'info' | 'warning' | 'danger' | 'good' | ''; icon?: IconName; children: ComponentChildren; action?: ComponentChildren }) {
  return <div class={`banner ${kind}`} role={kind === 'danger' ? 'alert' : 'status'}><Icon name={icon} /><div class="grow">{children}</div>{action}</div>;
}

export function Progress({ label, value, secondsLeft }: { label: string; value: number; secondsLeft?: number | null }) {
  return (
    <div class="progress">
      <div class="row between small"><span>{label}</span><span class="muted num">{percent(value)}{secondsLeft ? ` · ${t.timeLeft(duration(secondsLeft))}` : ''}</span></div>
      <progress max={1} value={value} aria-label={label} />
    </div>
  );
}

export function Facts({ of }: { of: [string, ComponentChildren][] }) {
  const shown = of.filter(([, value]) => value !== undefined && value !== null && value !== '' && value !== false);
  return <dl class="facts">{shown.map(([name, value]) => <><dt key={name}>{name}</dt><dd>{value}</dd></>)}</dl>;
}

export function Tabs<T extends string>({ tabs, now, onChange }: { tabs: [T, ComponentChildren][]; now: T; onChange: (tab: T) => void }) {
  const move = (e: TargetedKeyboardEvent<HTMLDivElement>) => {
    const step = e.key === 'ArrowRight' ? 1 : e.key === 'ArrowLeft' ? -1 : 0;
    if (!step) return;
    const at = tabs.findIndex(([id]) => id === now);
    const next = tabs[(at + step + tabs.length) % tabs.length];
    if (next) { onChange(next[0]); (e.currentTarget.children[tabs.indexOf(next)] as HTMLElement | undefined)?.focus(); }
  };
  return (
    <div class="tabs" role="tablist" onKeyDown={move}>
      {tabs.map(([id, label]) => <button key={id} type="button" role="tab" aria-selected={id === now} tabIndex={id === now ? 0 : -1} onClick={() => onChange(id)}>{label}</button>)}
    </div>
  );
}

/** A score with its colour; opens its receipt. */
export function Score({ value, red, onClick }: { value: number | null | undefined; red?: boolean; onClick?: () => void }) {
  const text = value === null || value === undefined ? t.none : number(value);
  if (!onClick) return <span class={red ? 'score red' : 'score'}>{text}</span>;
  return <button type="button" class={red ? 'score red' : 'score'} onClick={onClick} title={t.user.openReceipt}>{text}</button>;
}

/** Fourteen days as small bars. */
export function Spark({ days, red }: { days?: number[]; red?: boolean }) {
  if (!days?.length) return null;
  const most = Math.max(1, ...days);
  return (
    <span class={red ? 'spark red' : 'spark'} role="img" aria-label={t.user.twoWeeks(days.reduce((a, b) => a + b, 0))}>
      {days.map((d, i) => <i key={i} class={i >= days.length - 7 ? 'week' : ''} style={{ height: `${Math.round((20 * d) / most)}px` }} />)}
    </span>
  );
}

export function Copy({ text }: { text: string }) {
  const [done, set] = useState(false);
  const copy = () => { void navigator.clipboard?.writeText(text).then(() => set(true)); };
  return <Button kind="plain" compact icon={done ? 'check' : 'copy'} label={t.copy} onClick={copy} />;
}
