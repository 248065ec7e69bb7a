// tests/portal/browser.mjs - Debian's Chromium, its headless shell, with what every page must keep: no error, no other host. Half of what it
// costs was drawing: motion is reduced, as a user may ask of a browser, where nothing else is said, and drawing has no process of its own.
import { createRequire } from 'node:module';

const { chromium } = createRequire(new URL('../../portal/package.json', import.meta.url))('playwright-core');
const ARGS = ['--no-sandbox', '--disable-background-networking', '--disable-component-update', '--disable-sync', '--no-first-run', '--in-process-gpu'];

export async function start() {
  return chromium.launch({ executablePath: '/usr/bin/chromium-headless-shell', args: ARGS });
}

/** A context with its page. `complaints` collects what the console, the page or its requests did wrong; pages of `others` (hosts) may be gone to, and are not ours to judge. */
export async function visit(browser, base, complaints, { others = [], ...options } = {}) {
  const context = await browser.newContext({ ignoreHTTPSErrors: true, viewport: { width: 1440, height: 900 }, locale: 'en-GB', reducedMotion: 'reduce', ...options });
  const page = await context.newPage();
  page.setDefaultTimeout(10_000);
  const host = new URL(base).host;
  const ours = () => !others.some((h) => page.url().startsWith(`https://${h}/`));
  page.on('pageerror', (e) => { if (ours()) complaints.push(`${page.url()}: ${e.message}`); });
  page.on('console', (m) => {
    // Chromium itself writes a line for every answer of 4xx; refusals are part of the flow and asserted where they happen.
    if (m.type() === 'error' && ours() && !/^Failed to load resource: the server responded with a status of 4\d\d/.test(m.text())) complaints.push(`${page.url()}: ${m.text()}`);
  });
  page.on('request', (r) => {
    if (/^https?:|^wss?:/.test(r.url()) && new URL(r.url()).host !== host && ours() && !(r.isNavigationRequest() && others.includes(new URL(r.url()).host))) complaints.push(`request to ${r.url()}`);
  });
  page.on('response', (r) => { if (r.status() >= 500) complaints.push(`${r.status()} ${r.request().method()} ${r.url()}`); });
  return { context, page };
}

/** True as soon as nothing of it is left: what a click or a key takes away goes with the next drawing. */
export const gone = (locator) => locator.first().waitFor({ state: 'detached', timeout: 10_000 }).then(() => true, () => false);
