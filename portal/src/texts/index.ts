// texts/index.ts - which language is on. One catalogue per language; `Texts` makes a missing text fail the build.
import { en } from './en';
import { fr } from './fr';

export type Texts = typeof en;
export type Language = 'en' | 'fr';
const CATALOGUES: Record<Language, Texts> = { en, fr };

export let language: Language = 'en';
export let t: Texts = en;

export function setLanguage(next: string | null | undefined) {
  language = next === 'fr' ? 'fr' : 'en';
  t = CATALOGUES[language];
  document.documentElement.lang = language;
}

/** Before somebody has signed in: what was used last here, else what the browser asks for. */
export function firstLanguage(): Language {
  const kept = localStorage.getItem('language');
  if (kept === 'en' || kept === 'fr') return kept;
  return navigator.language.startsWith('fr') ? 'fr' : 'en';
}
export function keepLanguage(next: Language) { localStorage.setItem('language', next); setLanguage(next); }
