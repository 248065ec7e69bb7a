// pages/gate.tsx - what sign-in and first set-up have in common.
import type { ComponentChildren } from 'preact';
import { keepLanguage, language, t, type Language } from '../texts';
import { Button } from '../ui/basic';
import { Mark } from '../ui/icon';

export function Gate({ title, about, children, onLanguage }: { title: string; about?: string; children: ComponentChildren; onLanguage: () => void }) {
  const speak = (next: Language) => { keepLanguage(next); onLanguage(); };
  return (
    <main class="gate">
      <div class="card">
        <div class="row between">
          <div class="brand"><Mark />Vigie</div>
          <Button kind="plain" compact icon="globe" onClick={() => speak(language === 'en' ? 'fr' : 'en')}>{t.otherLanguage}</Button>
        </div>
        <div class="stack">
          <div><h1>{title}</h1>{about && <p class="muted">{about}</p>}</div>
          {children}
        </div>
      </div>
    </main>
  );
}
