// ui/overlay.tsx - dialogs, drawers, menus and notices.
import type { ComponentChildren } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { dropNotice, watchNotices, type Notice } from '../state';
import { t } from '../texts';
import { Button } from './basic';
import { Icon, type IconName } from './icon';

interface DialogProps { title: string; onClose: () => void; children: ComponentChildren; footer?: ComponentChildren; onSubmit?: () => unknown; wide?: boolean }

/** Modal: the browser keeps the focus in it, Escape closes. */
export function Dialog({ title, onClose, children, footer, onSubmit, wide }: DialogProps) {
  const box = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const d = box.current;
    if (d && !d.open) d.showModal();
    return () => d?.close();
  }, []);
  return (
    <dialog ref={box} class={wide ? 'dialog wide' : 'dialog'} aria-label={title} onCancel={(e) => { e.preventDefault(); onClose(); }}>
      <form onSubmit={(e) => { e.preventDefault(); void onSubmit?.(); }}>
        <header><h2>{title}</h2><Button kind="plain" compact icon="close" label={t.close} onClick={onClose} /></header>
        <div class="body">{children}</div>
        {footer && <footer>{footer}</footer>}
      </form>
    </dialog>
  );
}

export function Confirm({ title, children, action, onYes, onClose, danger }: { title: string; children: ComponentChildren; action: string; onYes: () => Promise<unknown>; onClose: () => void; danger?: boolean }) {
  const yes = async () => { await onYes(); onClose(); };
  return (
    <Dialog title={title} onClose={onClose} footer={<><Button onClick={onClose}>{t.cancel}</Button><Button kind={danger ? 'danger' : 'primary'} onClick={yes}>{action}</Button></>}>
      {children}
    </Dialog>
  );
}

/** Beside the page, which stays usable; Escape closes. */
export function Drawer({ title, sub, onClose, children, footer, wide }: { title: ComponentChildren; sub?: ComponentChildren; onClose: () => void; children: ComponentChildren; footer?: ComponentChildren; wide?: boolean }) {
  const box = useRef<HTMLDivElement>(null);
  const close = useRef(onClose);
  close.current = onClose;
  useEffect(() => {
    const before = document.activeElement;
    box.current?.focus();
    const key = (e: KeyboardEvent) => { if (e.key === 'Escape' && !document.querySelector('dialog[open]')) close.current(); };
    addEventListener('keydown', key);
    return () => { removeEventListener('keydown', key); if (before instanceof HTMLElement) before.focus(); };
  }, []);
  return (
    <div ref={box} class={wide ? "drawer wide" : "drawer"} role="dialog" tabIndex={-1}>
      <header><div class="grow"><h2>{title}</h2>{sub && <div class="muted small">{sub}</div>}</div><Button kind="plain" compact icon="close" label={t.close} onClick={onClose} /></header>
      <div class="scroll">{children}</div>
      {footer && <footer>{footer}</footer>}
    </div>
  );
}

export interface MenuItem { text: string; icon?: IconName; onClick?: () => unknown; href?: string; denied?: string; head?: boolean }

export function Menu({ label, icon, items, kind = '', compact, left, iconOnly }: { label: string; icon?: IconName; items: (MenuItem | null)[]; kind?: '' | 'plain' | 'primary' | 'quiet'; compact?: boolean; left?: boolean; iconOnly?: boolean }) {
  const [open, set] = useState(false);
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (!open) return;
    const away = (e: Event) => { if (!box.current?.contains(e.target as Node)) set(false); };
    const key = (e: KeyboardEvent) => {
      if (e.key === 'Escape') { set(false); box.current?.querySelector('button')?.focus(); }
      if (e.key !== 'ArrowDown' && e.key !== 'ArrowUp') return;
      const all = [...(box.current?.querySelectorAll<HTMLElement>('li button:not(:disabled), li a') ?? [])];
      const at = all.indexOf(document.activeElement as HTMLElement);
      all[(at + (e.key === 'ArrowDown' ? 1 : -1) + all.length) % all.length]?.focus();
      e.preventDefault();
    };
    addEventListener('pointerdown', away);
    addEventListener('keydown', key);
    return () => { removeEventListener('pointerdown', away); removeEventListener('keydown', key); };
  }, [open]);
  const item = (i: MenuItem | null, n: number) => {
    if (!i) return <li key={n} class="rule" />;
    if (i.head) return <li key={n} class="head">{i.text}</li>;
    const inside = <>{i.icon && <Icon name={i.icon} />}{i.text}</>;
    if (i.href) return <li key={n}><a href={i.href} onClick={() => set(false)}>{inside}</a></li>;
    return <li key={n}><button type="button" disabled={!!i.denied} title={i.denied} onClick={() => { set(false); void i.onClick?.(); }}>{inside}</button></li>;
  };
  return (
    <div class="menu" ref={box}>
      <Button kind={kind} compact={compact} icon={icon} label={iconOnly ? label : undefined} expanded={open} onClick={() => set(!open)}>{iconOnly ? undefined : <>{label}<Icon tiny name="down" /></>}</Button>
      {open && <ul class={left ? 'left' : ''}>{items.map(item)}</ul>}
    </div>
  );
}

export function Notices() {
  const [all, set] = useState<Notice[]>([]);
  useEffect(() => watchNotices(set), []);
  return (
    <div class="toasts" aria-live="polite">
      {all.map((n) => <div key={n.id} class={n.bad ? 'toast bad' : 'toast'} role={n.bad ? 'alert' : 'status'}>{n.text}<button type="button" class="button plain compact icon-only" aria-label={t.close} onClick={() => dropNotice(n.id)}><Icon tiny name="close" /></button></div>)}
    </div>
  );
}
