// ui/form.tsx - fields, check boxes and switches.
import type { ComponentChildren, TargetedEvent } from 'preact';
import { Icon } from './icon';
import { t } from '../texts';

interface FieldProps { label: string; about?: ComponentChildren; children: ComponentChildren }
export function Field({ label, about, children }: FieldProps) {
  return <div class="field"><label><span>{label}</span>{children}</label>{about && <small>{about}</small>}</div>;
}

interface InputProps {
  value: string; onChange: (value: string) => void; compact?: boolean; type?: 'text' | 'password' | 'date' | 'datetime-local' | 'number' | 'email' | 'url'; list?: string; placeholder?: string; required?: boolean;
  disabled?: boolean; autocomplete?: string; autofocus?: boolean; min?: number; step?: string; 'aria-label'?: string;
}
export function Input({ value, onChange, compact, type, ...rest }: InputProps) {
  // The attribute list of Preact names each type apart; `type` alone is the same for all of these.
  return <input {...rest} type={type as 'text'} class={compact ? 'input compact' : 'input'} value={value} onInput={(e) => onChange(e.currentTarget.value)} />;
}

export function TextInput({ label, about, ...rest }: InputProps & { label: string; about?: ComponentChildren }) {
  return <Field label={label} about={about}><Input {...rest} /></Field>;
}

export function NumberInput({ label, value, onChange, about, min = 0, max, disabled }: { label: string; value: number; onChange: (v: number) => void; about?: ComponentChildren; min?: number; max?: number; disabled?: boolean }) {
  return (
    <Field label={label} about={about}>
      <input class="input" type="number" min={min} max={max} step="any" disabled={disabled} value={value} onInput={(e) => onChange(e.currentTarget.valueAsNumber || 0)} />
    </Field>
  );
}

export function TextArea({ label, value, onChange, about, rows = 3, placeholder, required }: { label: string; value: string; onChange: (v: string) => void; about?: string; rows?: number; placeholder?: string; required?: boolean }) {
  return <Field label={label} about={about}><textarea class="input" rows={rows} value={value} placeholder={placeholder} required={required} onInput={(e) => onChange(e.currentTarget.value)} /></Field>;
}

export function Select<T extends string | number>(p: { value: T; options: [T, string][]; onChange: (v: T) => void; label: string; compact?: boolean; disabled?: boolean; field?: boolean }) {
  const pick = (e: TargetedEvent<HTMLSelectElement>) => {
    const found = p.options[e.currentTarget.selectedIndex];
    if (found) p.onChange(found[0]);
  };
  const box = (
    <select class={p.compact ? 'input compact' : 'input'} value={String(p.value)} onChange={pick} disabled={p.disabled} aria-label={p.field ? undefined : p.label}>
      {p.options.map(([value, text]) => <option key={String(value)} value={String(value)}>{text}</option>)}
    </select>
  );
  return p.field ? <Field label={p.label}>{box}</Field> : box;
}

export function Check({ checked, onChange, children, disabled }: { checked: boolean; onChange: (v: boolean) => void; children: ComponentChildren; disabled?: boolean }) {
  return <label class="check"><input type="checkbox" checked={checked} disabled={disabled} onChange={(e) => onChange(e.currentTarget.checked)} /><span>{children}</span></label>;
}

export function Switch({ on, onChange, label, denied }: { on: boolean; onChange: (v: boolean) => void; label: string; denied?: string }) {
  return <button type="button" class="switch" role="switch" aria-checked={on} aria-label={label} title={denied} disabled={!!denied} onClick={(e) => { e.stopPropagation(); onChange(!on); }} />;
}

export function Search({ value, onChange, placeholder }: { value: string; onChange: (v: string) => void; placeholder?: string }) {
  return (
    <div class="search"><Icon name="search" tiny />
      <input class="input" type="search" value={value} placeholder={placeholder ?? t.search} aria-label={placeholder ?? t.search} onInput={(e) => onChange(e.currentTarget.value)} />
    </div>
  );
}

/** One of few, as chips that can be pressed. */
export function Picks<T extends string>({ options, now, onChange, label }: { options: [T, ComponentChildren][]; now: T[]; onChange: (now: T[]) => void; label: string }) {
  const toggle = (id: T) => onChange(now.includes(id) ? now.filter((x) => x !== id) : [...now, id]);
  return (
    <div class="row wrap" role="group" aria-label={label}>
      {options.map(([id, text]) => <button key={id} type="button" class="chip pick" aria-pressed={now.includes(id)} onClick={() => toggle(id)}>{text}</button>)}
    </div>
  );
}
