// tests/portal/flow.mjs - what the acceptance asks, clicked in a real browser, in English and then in French: set up, link, find the attacker,
// receipt, policy, close. What is looked for on a page comes from the portal's own catalogues.
// Arguments: a JSON file made by test_portal.py {base, setup, empty, texts, sample, vpn, later, licences, attackers, shots, vigie, work}.
import { spawn } from 'node:child_process';
import { copyFileSync, mkdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { gone, start, visit } from './browser.mjs';

const o = JSON.parse(readFileSync(process.argv[2], 'utf8'));
const catalogues = await import(o.texts);
const LOCALES = { en: 'en-GB', fr: 'fr-FR' };
let language = 'en', t = catalogues.en; // of the journey that runs
const API = '/api/vigie/v1/';
const ADMIN = { name: 'ada', password: 'a long enough sentence', displayName: 'Ada Byron' };
let passed = 0, failed = 0, skipped = 0;
const complaints = [];

function ok(name, condition, detail = '') {
  if (condition) passed++; else failed++;
  console.log(`${condition ? 'ok' : 'NOT OK'} - ${language}: ${name}${condition || detail === '' ? '' : `: ${typeof detail === 'string' ? detail : JSON.stringify(detail)}`}`);
  return condition;
}

async function part(name, run) {
  const begin = Date.now();
  try { await run(); } catch (e) { ok(name, false, String(e.message ?? e).split('\n').slice(0, 4).join(' | ')); }
  console.log(`# ${language}: ${name}: ${((Date.now() - begin) / 1000).toFixed(1)} s`);
}

const browser = await start();
const { page } = await visit(browser, o.base, complaints);

// The portal's own session, asked from inside the page, where what matters is an answer and not how it looks.
const api = (method, path, body, p = page) => p.evaluate(async ([method, path, body, API, language]) => {
  const session = await (await fetch(`${API}session`)).json();
  const r = await fetch(path.startsWith('/') ? path : API + path, { method, headers: { 'Content-Type': 'application/json', 'Accept-Language': language, 'X-Vigie-CSRF': session.csrf ?? '' }, ...(body !== undefined && { body: JSON.stringify(body) }) });
  const text = await r.text();
  let json = null;
  try { json = JSON.parse(text); } catch { /* not every answer has a body */ }
  return { status: r.status, json };
}, [method, path, body, API, language]);

async function until(name, seconds, ask) {
  const end = Date.now() + seconds * 1000;
  let last;
  while (Date.now() < end) {
    last = await ask();
    if (last) return last;
    await page.waitForTimeout(400);
  }
  throw new Error(`${name}: not within ${seconds} s`);
}

const open = async (hash) => { await page.goto(`${o.base}/#/${hash}`); await page.waitForLoadState('networkidle'); };
const heading = () => page.locator('main h1').first().innerText();
const idle = () => until('analysis at rest', 240, async () => {
  const d = (await api('GET', 'dashboard')).json, i = (await api('GET', 'inputs')).json;
  return d?.analysis?.state === 'idle' && i.data.every((x) => x.state !== 'waiting') ? d : null;
});
const onprem = async () => (await api('POST', 'activities/query', { filters: { shore: { eq: ['onprem'] } }, limit: 1 })).json.total ?? 0;
const identity = async () => { await open('policies?type=identity'); await page.waitForSelector('[data-test=policies], .empty'); return page.locator('[data-test=policies] tbody tr').count(); };
const shot = async (name) => { if (o.shots) await page.screenshot({ path: `${o.shots}/${name}${language === 'en' ? '' : `-${language}`}.png` }); };

/** The first administrator of a hub that has none. */
async function setUp(page, address) {
  await page.goto(address);
  await page.getByLabel(t.settings.organisation).fill('Aurelia');
  await page.getByLabel(t.gate.displayName).fill(ADMIN.displayName);
  await page.getByLabel(t.gate.name).fill(ADMIN.name);
  await page.getByLabel(t.gate.password, { exact: true }).fill(ADMIN.password);
  await page.getByLabel(t.gate.again).fill('another sentence, by mistake');
  await page.getByRole('button', { name: t.gate.create }).click();
  ok('set-up refuses two different passwords', await page.getByText(t.gate.differ).isVisible());
  await page.getByLabel(t.gate.again).fill(ADMIN.password);
  await page.getByRole('button', { name: t.gate.create }).click();
  await page.getByRole('heading', { name: t.menu.dashboard }).waitFor();
  const { account } = (await api('GET', 'session', undefined, page)).json;
  ok('set-up makes the first administrator and signs in, in the language of the browser', account.role === 'global_administrator' && account.language === language, account);
  ok('an empty hub says what to do next', await page.getByRole('link', { name: t.inputs.upload }).first().isVisible());
  await page.evaluate(() => { location.hash = '#/settings/vpn'; });
  await page.getByText(t.vpn.none).waitFor();
  ok('where no VPN connection was seen, the page says how it comes to that', (await page.locator('[data-test=vpn-steps] li').allInnerTexts()).join() === t.vpn.steps.join() && await page.getByText(t.vpn.linkOff).isVisible());
}

/** The hub of the journey is set up; another one, empty, is for its first page in this language. */
async function setUpEmpty() {
  const other = await visit(browser, o.empty.base, complaints, { locale: LOCALES[language] });
  await setUp(other.page, o.empty.setup);
  await other.context.close();
}

async function signIn() {
  const other = await visit(browser, o.base, complaints, { locale: LOCALES[language] });
  await other.page.goto(o.base);
  await other.page.getByLabel(t.gate.name).fill(ADMIN.name);
  await other.page.getByLabel(t.gate.password, { exact: true }).fill('wrong');
  await other.page.getByRole('button', { name: t.gate.signIn }).click();
  ok('a wrong password is refused in words', await other.page.getByText(t.gate.wrong).isVisible({ timeout: 5000 }).catch(() => false) || await other.page.getByRole('alert').waitFor().then(() => true));
  await other.page.getByLabel(t.gate.password, { exact: true }).fill(ADMIN.password);
  await other.page.getByRole('button', { name: t.gate.signIn }).click();
  await other.page.getByRole('heading', { name: t.menu.dashboard }).waitFor();
  ok('the right one signs in', true);
  await other.context.close();
}

async function upload() {
  await open('settings/inputs');
  await page.locator('input[type=file]').setInputFiles(o.sample);
  await until('upload listed', 60, async () => (await api('GET', 'inputs')).json.data.length >= o.sample.length);
  await idle();
  const inputs = (await api('GET', 'inputs')).json.data;
  ok('uploaded logs are read', inputs.every((i) => i.state === 'done') && inputs.reduce((n, i) => n + (i.activities ?? 0), 0) > 1000, inputs.map((i) => [i.name, i.state, i.activities, i.firstFault]));
}

async function linkPage() { await open('settings/link'); await page.getByRole('heading', { name: t.link.prerequisites }).waitFor(); }
const box = () => page.getByRole('checkbox', { name: t.link.connect });
const save = () => page.getByRole('main').getByRole('button', { name: t.save });
async function tryLink() {
  await linkPage();
  if (!(await box().isChecked())) await box().check();
  await save().click();
  await page.locator('[data-test=refused]').waitFor({ timeout: 8000 }).catch(() => {});
  return { refused: await page.locator('[data-test=refused]').isVisible(), text: await page.getByRole('main').innerText() };
}
/** Sentences about prerequisites that the page does not say in its language. */
const unspoken = async (text) => (await api('GET', 'link')).json.prerequisites.flatMap((p) => [p.text, p.todo]).filter((x) => x && !text.includes(t.linkSays[x] ?? 'no such text'));
const install = async (text) => {
  await open('settings/licences');
  await page.getByRole('button', { name: t.licences.add }).first().click();
  await page.getByLabel(t.licences.text).fill(text);
  await page.locator('dialog').getByRole('button', { name: t.licences.add }).click();
  await page.locator('dialog').waitFor({ state: 'detached' });
};

/** Back to a hub without identity protection: what joined stays. */
async function startOver() {
  await api('PUT', 'link', { connected: false });
  await until('link off', 60, async () => (await api('GET', 'link')).json.state === 'off');
  for (const l of (await api('GET', 'licences')).json.data) if (l.product === 'atp') await api('DELETE', `licences/${l.id}`);
  await page.reload();
}

async function linkRefused(seen) {
  ok(`before the link ${seen ? 'what joined earlier is seen' : 'no on-premises activity is seen'}`, (await onprem()) === seen, [seen, await onprem()]);
  ok('before the link no ATP policy is listed', (await identity()) === 0 && await page.getByText(t.policies.noIdentityWhy).first().isVisible());
  await linkPage();
  ok('Save is inactive until something changed', await save().isDisabled());
  await box().check();
  ok('Save is active when something changed', await save().isEnabled());
  await box().uncheck();
  ok('Save is inactive again when it is as it was', await save().isDisabled());
  ok('the page says how data is secured', await page.getByText(t.link.secured).isVisible());
  const bare = await tryLink();
  ok('without a licence the link is refused, and the page says what to do', bare.refused && bare.text.includes(t.link.todo), bare);
  ok('and says it in the language of the page', (await unspoken(bare.text)).length === 0, await unspoken(bare.text));
  await install(o.licences.other);
  const wrong = await tryLink();
  ok('with a licence for another domain the link is refused', wrong.refused && (await unspoken(wrong.text)).length === 0, wrong);
  await install(o.licences.atp);
}

/* Pages that only some roles may open; the rest everybody may. */
const NEEDS = { alerts: 'view_alerts', activities: 'view_activities', users: 'view_users', computers: 'view_users', posture: 'view_posture', policies: 'view_policies', templates: 'view_policies', governance: 'view_governance', 'settings/general': 'view_settings',
  'settings/admins': 'manage_admins', 'settings/sign-on': 'sign_on', 'settings/tokens': 'own_tokens', 'settings/licences': 'view_settings', 'settings/exports': 'view_activities', 'settings/audit': 'view_audit', 'settings/sensors': 'view_settings', 'settings/directories': 'view_settings', 'settings/tags': 'view_settings',
  'settings/exclusions': 'view_policies', 'settings/vpn': 'view_settings', 'settings/inputs': 'view_settings', 'settings/subnets': 'view_subnets', 'settings/notifications': 'view_settings' };

/** Every page as this role sees it: what it may not open says so, what it may open loads, and no other page is in its menus. */
async function pagesOf(role, p) {
  const { rights } = (await api('GET', 'session', undefined, p)).json.account;
  const seen = await p.evaluate(async (paths) => { // in one go: asked from outside, each step would wait for its answer
    const pause = (ms) => new Promise((done) => setTimeout(done, ms)), of = [];
    for (const path of paths) {
      location.hash = `#/${path}`;
      await pause(60);
      const end = Date.now() + 10_000;
      while (Date.now() < end && (!document.querySelector('main.main') || document.querySelector('main .skeleton'))) await pause(10);
      of.push({ path, text: document.querySelector('main.main')?.innerText ?? '', loads: !document.querySelector('main .skeleton'), menu: !!document.querySelector(`nav a[href="#/${path}"]`) });
    }
    return of;
  }, PAGES);
  const wrong = [];
  for (const { path, text, loads, menu } of seen) {
    const may = !NEEDS[path] || rights.includes(NEEDS[path]);
    if (text === '' || !loads) wrong.push([path, 'still loading']);
    if (text.includes(t.settings.noRight) === may) wrong.push([path, may ? 'refused' : 'not refused']);
    if (may && text.includes(t.failed)) wrong.push([path, 'does not load', text.slice(-200)]);
    if (menu !== may && path !== 'settings/profile' && (path.startsWith('settings/') || NEEDS[path])) wrong.push([path, may ? 'not in the menu' : 'in the menu']);
  }
  return wrong.map((w) => [role, ...w]);
}

/** A new account in this role opens every page and tries the link: pages that are not as its rights say, and whether the link was refused. */
async function tryRole(role, group) {
  const name = `${role.id.replace(/_/g, '-')}-${language}`;
  const made = await api('POST', 'accounts', { name, password: ADMIN.password, role: role.id, scope: { apps: role.scope === 'app' ? [20940] : [], groups: role.scope === 'group' ? [group] : [] } });
  if (made.status >= 300) { ok(`an account in role ${role.id} can be made`, false, made); return { wrong: [], refused: false }; }
  const other = await visit(browser, o.base, complaints, { locale: LOCALES[language], viewport: { width: 1280, height: 240 } }); // what is read need not be drawn
  await other.page.goto(o.base);
  await other.page.getByLabel(t.gate.name).fill(name);
  await other.page.getByLabel(t.gate.password, { exact: true }).fill(ADMIN.password);
  await other.page.getByRole('button', { name: t.gate.signIn }).click();
  await other.page.getByRole('heading', { name: t.menu.dashboard }).waitFor();
  const wrong = await pagesOf(role.id, other.page);
  const answer = await api('PUT', 'link', { connected: true }, other.page);
  if (answer.status !== 403) ok(`role ${role.id} may not switch the link`, false, answer);
  if (role.id === 'security_reader') {
    await other.page.goto(`${o.base}/#/settings/link`);
    await other.page.getByRole('checkbox').check();
    await other.page.getByRole('button', { name: t.save }).click();
    await other.page.locator('[data-test=refused]').waitFor();
    ok('the page tells a Security reader that only a Global administrator may', (await other.page.getByRole('main').innerText()).includes(t.link.prerequisite.role));
    ok('what a Security reader may not do is not offered', (await other.page.locator('.settings-nav').innerText()).includes(t.settings.nav.admins) === false);
  }
  await other.context.close();
  return { wrong, refused: answer.status === 403 };
}

async function roles() {
  await api('PUT', 'settings', { language }); // of new accounts
  const all = (await api('GET', 'roles')).json.data.filter((r) => r.id !== 'global_administrator');
  const groups = (await Promise.all((await api('GET', 'users?sort=name&limit=20')).json.data.map((u) => api('GET', `users/${u.id}`)))).flatMap((u) => u.json?.groups ?? []);
  const tried = [];
  for (let i = 0; i < all.length; i += 4) tried.push(...await Promise.all(all.slice(i, i + 4).map((role) => tryRole(role, groups[0]?.id)))); // some at a time: most of it is waiting
  const wrong = tried.flatMap((x) => x.wrong), refused = tried.filter((x) => x.refused).length;
  ok('every page for every role: as its rights say', wrong.length === 0, wrong);
  ok(`every other role (${all.length}) is refused`, refused === all.length && all.length >= 10, `${refused} of ${all.length}`);
}

async function linkOn() {
  await linkPage();
  await box().check();
  await save().click();
  const seen = new Set();
  await until('link on', 120, async () => {
    const text = await page.getByRole('main').innerText();
    if (text.includes(t.link.state.connecting)) seen.add('connecting');
    return (await api('GET', 'link')).json.state === 'on';
  });
  await page.locator('.card header .badge', { hasText: new RegExp(`^${t.link.state.on}$`) }).waitFor({ timeout: 10_000 });
  ok('the page follows the link until it is on', true);
  console.log(`notice: progress was ${seen.has('connecting') ? '' : 'not '}caught by the page on this amount of data`);
  await shot('link');
  ok('joined activities are in the log', (await onprem()) > 1000);
  await idle();
}

async function joined() {
  await open(`activities?f=${encodeURIComponent(JSON.stringify({ service: { eq: [20940] } }))}`);
  await page.locator('[data-test=activities] tbody tr').first().waitFor();
  ok('the activity log shows on-premises activities as app Active Directory', (await page.locator('[data-test=activities] tbody tr td:nth-child(3)').first().innerText()) === 'Active Directory');
  await page.locator('[data-test=activities] tbody tr').first().click();
  await page.getByRole('tab', { name: t.activity.general }).waitFor();
  await page.waitForTimeout(500);
  await shot('activities');
  await page.getByRole('tab', { name: t.activity.raw }).click();
  await page.locator('[data-test=raw]').waitFor();
  ok('an activity opens into its raw record', (await page.locator('[data-test=raw]').innerText()).length > 50);
  await page.getByRole('tab', { name: t.activity.user, exact: true }).click();
  await page.getByText(t.activity.within(30)).waitFor();
  ok('the drawer has insights of the user', true);
  await page.keyboard.press('Escape');
  ok('Escape closes the drawer', await gone(page.locator('.drawer')));
  const n = await identity();
  await shot('policies');
  ok('all 34 ATP policies are listed, and previews beside them', n >= 34 && (await documented()) === 34, n);
  const alerts = (await api('POST', 'alerts/query', { filters: { alertOpen: { eq: true } }, limit: 100 })).json.data;
  ok('on-premises alerts are in the queue', alerts.some((a) => a.shore === 'onprem' && a.externalId === 2006), alerts.map((a) => a.externalId ?? a.policy));
  ok('so are cloud alerts', alerts.some((a) => a.shore === 'cloud'), alerts.map((a) => a.policy));
  await open('posture');
  await page.locator('main tbody tr').first().waitFor();
  ok('the six posture assessments are there', (await page.locator('main tbody tr').count()) === 6);
}

/** One gateway of the capture has a public address, the other a private one. */
async function vpn() {
  const rows = page.locator('[data-test=gateways] tbody tr'), outside = rows.filter({ hasText: o.vpn.outside }), inside = rows.filter({ hasText: o.vpn.inside });
  const cells = async (row) => (await row.locator('td').allInnerTexts()).map((x) => x.trim());
  await open('settings/vpn');
  await rows.first().waitFor();
  const seen = await cells(inside);
  ok('VPN gateways are listed with sessions, people and where they were seen', await rows.count() === 2 && seen[0].includes('vpn.pcap') && seen[1].split('\n')[0] === '3' && seen[1].includes(t.vpn.rejected(1)) && seen[2] === '2', seen);
  ok('of a private address the page says what to add', await inside.getByText(t.vpn.privateAddress).isVisible());
  ok('the table fits', await page.locator('[data-test=gateways]').evaluate((e) => Math.max(...[e, ...e.querySelectorAll('*')].map((x) => x.getBoundingClientRect().right)) <= e.getBoundingClientRect().right + 1));
  ok('what depends on VPN connections is named, and is not blind', (await page.locator('[data-test=vpn-alerts]').innerText()).includes((await api('GET', 'policies')).json.data.find((p) => p.externalId === 2025).name) && !(await page.locator('[data-test=vpn-alerts]').innerText()).includes('RADIUS') && await page.locator('[data-test=vpn-alerts] a').count() === 6);
  await shot('vpn');
  await outside.getByRole('link', { name: t.subnets.add }).click();
  const dialog = page.locator('dialog');
  ok('the form for its IP range is filled in', await dialog.getByLabel(t.subnets.ranges).inputValue() === o.vpn.outside && await dialog.getByLabel(t.alerts.category).inputValue() === '4');
  await dialog.getByRole('button', { name: t.save }).click();
  await dialog.waitFor({ state: 'detached' });
  ok('what filled it in leaves the address', !page.url().includes('add='));
  await open('settings/vpn');
  ok('the range is shown with its gateway', await outside.getByText('VPN EDGE').waitFor().then(() => true, () => false), await cells(outside));
  await inside.locator('td:nth-child(2) a').click();
  await page.locator('[data-test=activities] tbody tr').first().waitFor();
  ok('sessions lead to their activities', await page.locator('[data-test=activities] tbody tr').count() === 4);
  for (const s of (await api('POST', '/api/v1/subnet/', {})).json.data) await api('DELETE', `/api/v1/subnet/${s._id}/`);
  await idle();
}

async function attacker() {
  await open('');
  const first = page.locator('[data-test=top-users] a').first();
  await first.waitFor();
  await shot('dashboard');
  const names = await page.locator('[data-test=top-users] a .strong').allInnerTexts();
  await first.click();
  await page.getByRole('button', { name: t.user.openReceipt }).first().waitFor();
  const id = page.url().match(/users\/([0-9a-f]{24})/)?.[1];
  const user = (await api('GET', `users/${id}`)).json;
  const spelled = JSON.stringify([user.name, user.sam, user.upn, user.accounts]).toLowerCase();
  ok('one click from the dashboard opens the page of an attacker', o.attackers.some((a) => spelled.includes(a.toLowerCase())), [names, spelled.slice(0, 200)]);
  await shot('user');
  await page.getByRole('button', { name: t.user.openReceipt }).first().click();
  await page.locator('[data-test=receipt]').waitFor();
  const parts = (await page.locator('[data-points]').allInnerTexts()).map((x) => Number(x.replace(/\D/g, '')));
  const score = await page.locator('.ring-score').innerText(), shown = Number(score.replace(/\D/g, ''));
  const sum = Number((await page.locator('[data-test=receipt-sum]').innerText()).replace(/\D/g, ''));
  ok('two clicks open the receipt; its parts add up to the score that is shown', parts.length > 1 && parts.reduce((a, b) => a + b, 0) === shown && sum === shown && shown > 0, { n: parts.length, shown, sum });
  ok('the receipt says so', await page.getByText(t.receipt.agrees(score)).isVisible());
  await shot('receipt');
  await page.keyboard.press('Escape');
  const alert = page.locator('[data-test=timeline] a[href*="#/alerts/"]').first();
  await alert.click();
  await page.locator('svg.picture').waitFor();
  ok('three clicks from the dashboard lead to an alert with its picture and evidence', await page.locator('[data-test=evidence] li').count() > 0);
  await shot('alert');
  await page.goBack();
  ok('back leads to the user page', page.url().includes(`users/${id}`));
}

async function closeAlert() {
  const list = (await api('POST', 'alerts/query', { filters: { alertOpen: { eq: true } }, limit: 1 })).json.data;
  const id = list[0].id;
  await open(`alerts/${id}`);
  await page.getByRole('main').getByRole('button', { name: t.alerts.close, exact: true }).click();
  const dialog = page.locator('dialog');
  await dialog.getByText(t.status.benign, { exact: true }).click();
  await dialog.getByLabel(t.alerts.reason).selectOption({ label: t.alerts.reasons['benign.6'] });
  await dialog.getByLabel(t.alerts.comment).fill('part of the exercise');
  await dialog.getByRole('button', { name: t.alerts.close, exact: true }).last().click();
  await dialog.waitFor({ state: 'detached' });
  await page.getByRole('button', { name: t.alerts.reopen }).waitFor();
  const a = (await api('GET', `alerts/${id}`)).json;
  ok('an alert is closed with a reason', a.status === 'benign' && a.resolution?.reasonId === 6 && a.resolution?.comment === 'part of the exercise', [a.status, a.resolution]);
  ok('its history says who', (await page.locator('[data-test=history]').innerText()).includes(ADMIN.name));
}

async function policy() {
  const { ip, name, file } = o.later[language];
  await open(`activities?f=${encodeURIComponent(JSON.stringify({ actionType: { eq: ['sign-in'] }, 'ip.address': { eq: [ip] } }))}`);
  await page.getByRole('button', { name: t.activities.newPolicy }).click();
  await page.getByLabel(t.name, { exact: true }).fill(name);
  ok('the search is the filter of the new policy', (await page.locator('main [data-test=query]').innerText()).includes(ip));
  await page.locator('[data-test=preview]').waitFor();
  await page.getByRole('main').getByRole('button', { name: t.policies.create }).click();
  await page.getByText(name).waitFor();
  ok('a policy made from a search is listed', page.url().includes('type=activity'));
  await open('settings/inputs');
  await page.locator('input[type=file]').setInputFiles(file);
  const raised = await until('alert of the policy', 90, async () => (await api('POST', 'alerts/query', { filters: { alertOpen: { eq: true } }, limit: 100 })).json.data?.find((a) => a.name === name));
  ok('it raises an alert on an activity that comes later', raised.status === 'open');
}

async function silence() {
  const a = (await api('POST', 'alerts/query', { filters: { alertOpen: { eq: true } }, limit: 100 })).json.data.find((x) => x.users?.length && x.name !== EXERCISE && Object.values(o.later).every((l) => l.name !== x.name));
  await open(`alerts/${a.id}`);
  const pick = async (name) => { await page.getByRole('main').getByRole('button', { name: t.actions }).click(); await page.getByRole('button', { name }).click(); };
  const [file] = await Promise.all([page.waitForEvent('download'), pick(t.alert.workbook)]);
  ok('an alert can be taken away as a workbook', file.suggestedFilename() === `alert-${a.id}.xlsx` && readFileSync(await file.path()).subarray(0, 2).toString() === 'PK');
  await pick(t.alert.suppress);
  await page.locator('dialog').getByRole('button', { name: t.alert.suppress }).click();
  await page.locator('dialog').waitFor({ state: 'detached' });
  ok('it is called suppressed then', await page.getByText(t.alert.isSuppressed, { exact: true }).first().waitFor().then(() => true, () => false));
  await open('settings/exclusions');
  const list = page.locator('[data-test=suppressions]');
  ok('what is suppressed is listed with the exclusions', await list.getByText(a.name).waitFor({ timeout: 10_000 }).then(() => true, () => false), a.name);
  await list.getByRole('button', { name: t.suppressions.lift }).click();
  ok('and can be ended', await page.getByText(t.suppressions.none).waitFor({ timeout: 10_000 }).then(() => true, () => false));
  await api('POST', `alerts/${a.id}/reopen`, {});
}

/** The log as a file: asked for where it is filtered, left, come back to, downloaded, deleted. */
async function exports() {
  const filters = { actionType: { eq: ['sign-in'] } };
  const total = (await api('POST', 'activities/query', { filters, limit: 1 })).json.total;
  await open(`activities?f=${encodeURIComponent(JSON.stringify(filters))}`);
  await page.getByRole('button', { name: t.export, exact: true }).click();
  const dialog = page.locator('dialog');
  await dialog.getByLabel(t.exports.format).selectOption('ocsf');
  await shot('export-dialog');
  await dialog.getByRole('button', { name: t.exports.start }).click();
  ok('an export says where it will be', await dialog.getByText(t.exports.started).waitFor().then(() => true, () => false));
  await dialog.getByRole('link', { name: t.exports.open }).click();
  const list = page.locator('[data-test=exports]');
  await list.getByText(t.exports.formats.ocsf).waitFor();
  await list.getByText(t.exports.state.done).waitFor({ timeout: 60_000 });
  await shot('exports');
  const coming = page.waitForEvent('download');
  await list.getByRole('link', { name: t.exports.download }).click();
  const file = await coming;
  const lines = readFileSync(await file.path(), 'utf8').trim().split('\n').map((l) => JSON.parse(l));
  ok('its file has every activity that the filters find', lines.length === total && total > 100 && lines.every((l) => l.class_uid === 3002) && file.suggestedFilename().endsWith('.ocsf.jsonl'), [lines.length, total, file.suggestedFilename()]);
  await list.getByRole('link', { name: t.exports.filter }).click();
  ok('its filters lead back to the log', await until('activity log', 10, async () => decodeURIComponent(page.url()).includes('"sign-in"')));
  await open('alerts?f=%7B%7D');
  const events = page.waitForEvent('download');
  await page.getByRole('button', { name: t.export, exact: true }).click();
  await page.getByRole('button', { name: t.exports.formats.ecs }).click();
  const alerts = readFileSync(await (await events).path(), 'utf8').trim().split('\n').map((l) => JSON.parse(l));
  ok('alerts go out at once, in the form asked for', alerts.length === (await api('POST', 'alerts/query', { filters: {}, limit: 1 })).json.total && alerts.every((a) => a.event.kind === 'alert'), alerts.length);
  await open('settings/exports');
  await list.getByRole('button', { name: t.delete }).click();
  await dialog.getByRole('button', { name: t.delete }).click();
  ok('a deleted export is gone', await list.getByText(t.exports.none).waitFor().then(() => true, () => false) && (await api('GET', 'exports')).json.total === 0);
}

/** People and groups of scopes are found by typing; what is sent are ids. */
async function scopes() {
  const group = (await api('GET', 'suggest?of=groups&q=do')).json.data[0];
  await open('policies?p=impossible_travel');
  const drawer = page.locator('.drawer'), only = drawer.getByLabel(t.policies.include);
  await only.fill(group.label);
  await drawer.locator('.suggestions li', { hasText: group.label }).first().waitFor();
  await only.press('Enter');
  await drawer.getByRole('button', { name: t.save, exact: true }).click();
  const scope = await until('scope kept', 10, async () => { const s = (await api('GET', 'policies/impossible_travel')).json.scope; return s.include.length ? s : null; });
  ok('the scope of a detection names a group', scope.include[0].id === group.value && scope.include[0].name === group.label, scope);
  await api('PUT', 'policies/impossible_travel', { scope: { include: [], exclude: [] } });
  await open('settings/admins');
  await page.getByRole('button', { name: t.admins.add }).first().click();
  const dialog = page.locator('dialog');
  await dialog.getByLabel(t.gate.name).fill(`scoped-by-hand-${language}`);
  await dialog.getByLabel(t.admins.role).selectOption('group_reader');
  await dialog.getByLabel(t.gate.password, { exact: false }).fill(ADMIN.password);
  const groups = dialog.getByLabel(t.admins.groups);
  await groups.fill(group.label);
  await dialog.locator('.suggestions li').first().waitFor();
  await groups.press('Enter');
  await dialog.getByRole('button', { name: t.save }).click();
  await dialog.waitFor({ state: 'detached' });
  const made = (await api('GET', 'accounts')).json.data.find((x) => x.name === `scoped-by-hand-${language}`);
  ok('an account is limited to a group picked by name', made?.scope?.groups?.[0]?.id === group.value, made);
}

/* The documented ones have external ids below 2100; previews have later ones. */
async function documented() { return (await api('GET', 'policies?type=identity')).json.data.filter((p) => p.externalId < 2100).length; }

async function linkOff() {
  const before = await onprem();
  await linkPage();
  await box().uncheck();
  ok('switching off says what it does', await page.getByText(t.link.offWarning).isVisible());
  await save().click();
  await until('link off', 60, async () => (await api('GET', 'link')).json.state === 'off');
  ok('once off, joined activities stay', (await onprem()) === before, [before, await onprem()]);
  await open('posture');
  ok('once off, posture is gone and the page says why', await page.getByText(t.posture.off).waitFor().then(() => true, () => false));
  ok('once off, ATP policies are gone', (await identity()) === 0);
  await linkPage();
  await box().check();
  await save().click();
  await until('link on again', 120, async () => (await api('GET', 'link')).json.state === 'on');
  await idle();
  ok('on again, ATP policies are back', (await identity()) >= 34 && (await documented()) === 34);
  ok('on again, posture is back', (await api('GET', 'posture')).json.data?.length === 6);
  ok('on again, nothing is counted twice', (await onprem()) >= before);
  await open('settings/audit');
  const audit = await page.locator('[data-test=audit]').innerText();
  ok('the audit log has every switch of the link and who did it', audit.split(t.audited['link connected']).length > 2 && audit.includes(t.audited['link disconnected']) && audit.includes(ADMIN.name), audit.slice(0, 200));
}

async function atpAlone() {
  const hub = (await api('GET', 'licences')).json.data.find((l) => l.product === 'hub');
  await api('DELETE', `licences/${hub.id}`);
  await page.reload();
  await idle();
  const missing = [];
  for (const path of ['', 'activities', 'apps', 'policies']) {
    await open(path);
    if (!(await page.locator('[data-test=needs-hub]').waitFor({ timeout: 8000 }).then(() => true, () => false))) missing.push(path);
  }
  ok('without a hub licence, pages with cloud insights say that they need one', missing.length === 0, missing);
  const cloud = (await api('POST', 'activities/query', { filters: { shore: { eq: ['cloud'] } }, limit: 1 })).json.total;
  ok('with the ATP licence alone, on-premises activities and posture are there, those of the cloud are not', cloud === 0 && (await onprem()) > 1000 && (await api('GET', 'posture')).json.data?.length === 6, cloud);
  await install(o.licences.hub);
  await page.reload();
  await idle();
  await open('');
  await page.locator('[data-test=top-users] a').first().waitFor();
  ok('with it again, nothing asks for one', await page.locator('[data-test=needs-hub]').count() === 0);
}

/* tests/app/test_hub_directory.py has a controller that answers; here nobody does, and the pages say so. */
async function directories() {
  await open('settings/directories');
  ok('no directory service: the page says what one is for', await page.getByText(t.directories.noneWhy).waitFor().then(() => true, () => false));
  await page.getByRole('button', { name: t.directories.add }).click();
  const dialog = page.locator('dialog');
  await dialog.getByLabel(t.directories.server).fill('ldaps://127.0.0.1:1');
  await dialog.getByLabel(t.directories.account).fill('svc@corp.example.test');
  await dialog.getByRole('textbox', { name: t.gate.password }).fill('a secret of this test');
  await dialog.getByRole('button', { name: t.directories.test }).click();
  ok('a test says why it fails', await dialog.getByText('nobody answers at 127.0.0.1 port 1').waitFor({ timeout: 20_000 }).then(() => true, () => false));
  await dialog.getByRole('button', { name: t.save }).click();
  await dialog.waitFor({ state: 'detached' });
  const main = page.getByRole('main');
  ok('a directory service that fails says why', await main.getByText('nobody answers at 127.0.0.1 port 1').waitFor({ timeout: 20_000 }).then(() => true, () => false));
  await main.getByRole('button', { name: t.directories.sync }).click();
  await main.getByText(t.directories.failures(2)).waitFor({ timeout: 40_000 });
  await shot('directories');
  await open('settings/health');
  ok('health says so, and what it weakens', await main.getByText({ en: 'A directory could not be read 2 times in a row: ldaps://127.0.0.1:1', fr: 'n’a pas pu être lu 2 fois de suite : ldaps://127.0.0.1:1' }[language]).waitFor().then(() => true, () => false) && await main.getByText('2027').first().isVisible());
  await shot('health-directories');
  const stored = await api('GET', 'directories');
  ok('its password is never told', stored.json.data.length === 1 && stored.json.data[0].secret === true && !JSON.stringify(stored.json).includes('a secret of this test'));
  await open('settings/directories');
  await main.getByText('ldaps://127.0.0.1:1', { exact: true }).click();
  await dialog.waitFor();
  await shot('directory-dialog');
  await page.keyboard.press('Escape');
  await main.getByRole('button', { name: t.delete }).click();
  await dialog.getByRole('button', { name: t.delete }).click();
  await page.getByText(t.directories.none).waitFor();
}

/* tests/app/test_hub_govern.py acts on a real controller; here none may be acted on, and the page says so. */
async function governance() {
  await open('governance');
  ok('an empty governance log says where actions start', await page.getByText('Actions start on a user’s page').waitFor().then(() => true, () => false));
  const people = (await api('GET', 'users?sort=score&limit=20')).json.data;
  const who = (await Promise.all(people.map((u) => api('GET', `users/${u.id}`)))).map((r) => r.json).find((u) => u.sid);
  const dialog = page.locator('dialog');
  const pick = async (name) => { await open(`users/${who.id}`); await page.getByRole('button', { name: 'User actions' }).click(); await page.getByRole('button', { name, exact: true }).click(); await dialog.locator('[data-test=govern]').waitFor(); };
  await pick('Suspend user');
  const yes = dialog.getByRole('button', { name: 'Suspend user' });
  await dialog.getByLabel('Reason').fill('exercise');
  ok('without a directory service that may act, suspending is refused with what to do', await dialog.getByText('No directory service reads the domain of this account').isVisible() && await yes.isDisabled() && await dialog.getByRole('link', { name: 'Directory services' }).isVisible());
  await shot('govern-refused');
  await dialog.getByRole('button', { name: 'Cancel' }).click();
  await pick('Confirm compromised');
  const confirm = dialog.getByRole('button', { name: 'Confirm compromised' });
  ok('an action needs a reason', await confirm.isDisabled());
  await dialog.getByLabel('Reason').fill('said so on the telephone');
  await confirm.click();
  const table = page.locator('[data-test=governance]');
  await table.getByText('Done', { exact: true }).waitFor();
  ok('it is in the governance log with who and why', (await table.innerText()).includes(ADMIN.name) && (await table.innerText()).includes('said so on the telephone') && page.url().includes(`user=${who.id}`));
  await shot('governance');
  await open(`users/${who.id}`);
  ok('the page of the person shows the risk', await page.getByRole('main').locator('dd', { has: page.getByText('High', { exact: true }) }).first().waitFor().then(() => true, () => false));
  await open('governance?state=done');
  await table.getByRole('button', { name: 'Revert' }).click();
  await dialog.getByLabel('Reason').fill('a mistake');
  await dialog.getByRole('button', { name: 'Revert' }).click();
  await until('revert', 20, async () => (await api('GET', 'governance?state=reverted')).json.total === 1);
  await open('governance?state=reverted');
  await table.getByText('Reverted', { exact: true }).waitFor();
  ok('it is taken back', !(await api('GET', `users/${who.id}`)).json.risk.identityRisk);
  await open('policies?p=impossible_travel');
  const drawer = page.getByRole('dialog');
  await drawer.getByLabel('Confirm compromised').check();
  ok('a policy that acts by itself says so first', await drawer.getByText('This happens without asking anybody').isVisible());
  await drawer.getByRole('button', { name: 'Save' }).click();
  ok('a policy carries governance actions', await until('policy', 10, async () => (await api('GET', 'policies/impossible_travel')).json.governance.join() === 'confirm_compromised'));
  await shot('policy-governance');
  await api('PUT', 'policies/impossible_travel', { governance: [] });
}

/* A policy may act on nobody by itself: what it would do waits for somebody's word. */
const EXERCISE = 'Deleting in the exercise';

async function approval() {
  await api('PUT', 'settings', { governance: { people: 0 } });
  const rule = await api('POST', 'policies', { name: EXERCISE, severity: 'low', filters: { actionType: { eq: ['file deleted'] }, 'ip.address': { eq: ['198.51.100.78'] } }, governance: ['confirm_compromised'] });
  const who = (await api('GET', 'users?limit=20')).json.data.find((u) => u.upn && !u.tags.includes('sensitive') && !u.tags.includes('admin'));
  const record = { time: new Date().toISOString(), app: 'SharePoint Online', kind: 'file deleted', outcome: 'success', actor: { upn: who.upn }, ip: '198.51.100.78', objects: [{ type: 'file', role: 'target', name: 'plan.docx' }] };
  await open('settings/inputs');
  await page.locator('input[type=file]').setInputFiles({ name: 'deleted.ndjson', mimeType: 'application/x-ndjson', buffer: Buffer.from(`${JSON.stringify(record)}\n`) });
  const row = (await until('approval', 90, async () => { const a = (await api('GET', `governance?policy=${rule.json.id}`)).json; return a.total ? a : null; })).data[0];
  await until('judged', 20, async () => (await api('GET', `governance/${row.id}`)).json.state === 'approval');
  await open('governance');
  ok('the menu says that an action waits for approval', await page.getByRole('navigation').getByTitle('1 action waits for approval').waitFor().then(() => true, () => false));
  const table = page.locator('[data-test=governance]');
  ok('and the log why', await table.getByText('Policies have acted on as many people within an hour as they may.').waitFor().then(() => true, () => false));
  await shot('approval');
  await table.getByRole('link', { name: 'Alert', exact: true }).click();
  await until('page of the alert', 10, async () => page.url().includes(`alerts/${row.alert}`));
  await page.goBack();
  await table.getByRole('button', { name: 'Approve' }).click();
  await table.getByText(`Decided by ${ADMIN.name}`).waitFor();
  ok('approved, it is done', await until('done', 20, async () => (await api('GET', `governance/${row.id}`)).json.state === 'done') && (await api('GET', `users/${who.id}`)).json.risk.identityRisk === 'high');
  await api('DELETE', `policies/${rule.json.id}`);
}

async function deletePerson() {
  const who = (await api('GET', 'users?sort=score&limit=20')).json.data.filter((u) => u.score > 0).pop();
  await open(`users/${who.id}`);
  await page.getByRole('button', { name: t.user.actions }).click();
  await page.getByRole('button', { name: t.user.erase }).click();
  const dialog = page.locator('dialog');
  const yes = dialog.getByRole('button', { name: t.user.eraseNow });
  await yes.waitFor();
  ok('deleting personal data says what goes and what stays', await dialog.getByText(t.user.eraseStays).isVisible() && await dialog.getByText(t.user.eraseLater).isVisible());
  await dialog.getByLabel(t.user.eraseType(who.name)).fill(who.name.slice(0, -1));
  ok('it waits for the whole name', await yes.isDisabled());
  await dialog.getByLabel(t.user.eraseType(who.name)).fill(who.name);
  await yes.click();
  await dialog.waitFor({ state: 'detached' });
  ok('then the list of people is shown', await until('list', 10, async () => /#\/users(\?|$)/.test(page.url())));
  await until('deletion', 120, async () => (await api('GET', 'personal')).json.data?.find((x) => x.id === who.id)?.state === 'done');
  await idle();
  ok('the person is gone', (await api('GET', 'users?limit=100')).json.data.every((u) => u.id !== who.id));
  await open('settings/audit');
  const audit = await page.locator('[data-test=audit]').innerText();
  ok('the audit log tells of it without the name', audit.includes(t.audited['personal data deleted']) && !audit.includes(who.name), audit.slice(0, 200));
}

/* A real sensor with the bundle that the page shows: it reads a capture whose LDAP is sealed. */
async function sensors() {
  await open('settings/sensors');
  await page.getByRole('button', { name: 'Register sensor' }).first().click();
  const dialog = page.locator('dialog');
  await dialog.getByLabel('Name').fill('DC1');
  await dialog.getByRole('button', { name: 'Register sensor' }).click();
  writeFileSync(`${o.work}/DC1.bundle`, await dialog.locator('pre').innerText(), { mode: 0o600 });
  await dialog.getByRole('button', { name: 'Done' }).click();
  mkdirSync(`${o.work}/events`);
  copyFileSync('fixtures/capture/ldap.pcap', `${o.work}/events/ldap.pcap`);
  utimesSync(`${o.work}/events/ldap.pcap`, 1700000000, 1700000000);
  const sensor = spawn(o.vigie, ['sensor', '--bundle', `${o.work}/DC1.bundle`, '--spool', `${o.work}/spool`, '--events', `${o.work}/events`, '--reserve', '0'], { stdio: 'ignore' });
  try {
    await until('the sensor told what it cannot read', 60, async () => (await api('GET', 'health')).json.unread?.length);
  } finally {
    sensor.kill();
  }
  await open('settings/health');
  const row = page.locator('main li', { hasText: 'Sealed LDAP' });
  ok('health says what a sensor sees in part', await row.getByText('DC1').waitFor().then(() => true, () => false) && /messages since the sensor started/.test(await row.innerText()));
  await shot('health-unread');
  await row.getByRole('link', { name: '2038' }).click();
  ok('and which alerts need it', await until('page of the policy', 10, async () => page.url().includes('p=2038')));
}

const PAGES = ['', 'alerts', 'activities', 'users', 'computers', 'posture', 'apps', 'policies', 'templates', 'governance', 'settings/general', 'settings/admins', 'settings/roles', 'settings/sign-on', 'settings/tokens', 'settings/licences', 'settings/exports', 'settings/audit', 'settings/health',
  'settings/link', 'settings/sensors', 'settings/directories', 'settings/tags', 'settings/exclusions', 'settings/vpn', 'settings/inputs', 'settings/subnets', 'settings/notifications', 'settings/profile'];

async function everyPage() {
  const seen = new Set();
  let broken = [];
  for (const p of PAGES) {
    await open(p);
    await page.locator('main h1').first().waitFor();
    seen.add(await heading());
    await page.waitForFunction(() => !document.querySelector('main .skeleton'), null, { timeout: 15_000 }).catch(() => broken.push(`${p}: still loading`));
    if (await page.getByText(t.failed).count()) broken.push(`${p}: ${await page.locator('.empty p').first().innerText()}`);
    if (/undefined|NaN|\[object/.test(await page.locator('main').innerText())) broken.push(`${p}: an empty value is shown`);
    if (await page.evaluate(() => document.documentElement.scrollWidth > innerWidth)) broken.push(`${p}: wider than the window`);
  }
  ok('every page opens', broken.length === 0, broken);
  ok('pages have titles of their own', seen.size >= PAGES.length - 1, [...seen]);
}

/** From here on the portal is used in the other language, in the narrowest window that is promised: French has the longer words. */
async function inFrench() {
  await open('');
  await page.getByRole('button', { name: ADMIN.displayName }).click();
  await page.getByRole('button', { name: t.otherLanguage }).click();
  language = 'fr';
  t = catalogues.fr;
  await page.getByRole('heading', { name: t.menu.dashboard }).waitFor();
  ok('the portal speaks French', (await page.locator('html').getAttribute('lang')) === 'fr');
  await page.setViewportSize({ width: 1280, height: 800 });
}

async function keyboard() {
  await open('users');
  await page.locator('main tbody tr').first().focus();
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  ok('the keyboard alone opens a row', await until('page of a person', 10, async () => /users\/[0-9a-f]{24}/.test(page.url())));
}

/** What the program says of its detections and assessments: asked in a language, as the portal asks. */
const said = (language, path) => page.evaluate(async ([language, path]) => (await fetch(path, { headers: { 'Accept-Language': language } })).json(), [language, API + path]);
const wordsOf = (x) => (typeof x === 'string' ? [x] : Array.isArray(x) ? x.flatMap(wordsOf) : []);
async function staticWords(language, alerts) {
  const policies = (await said(language, 'policies')).data.filter((p) => p.type !== 'activity');
  const of = { policies: policies.flatMap((p) => [p.name, p.about, p.blind, ...p.params.map((x) => x.about)]), assessments: (await said(language, 'posture')).data.flatMap((a) => wordsOf([a.name, a.about, a.needs, a.todo])), alerts: [] };
  for (const id of alerts) {
    const a = await said(language, `alerts/${id}`);
    of.alerts.push(a.name, a.about, ...Object.values(a.advice).flat());
  }
  return of;
}

/** Wherever our own static texts are shown, they are the French ones. */
async function frenchWords() {
  const found = (await api('POST', 'alerts/query', { filters: {}, limit: 100 })).json.data.filter((a) => (a.externalId || a.shore === 'cloud') && !/^[0-9a-f]{24}$/.test(a.policy));
  const alerts = [...new Map(found.map((a) => [a.policy, a.id])).values()].slice(0, 6);
  const en = await staticWords('en', alerts), fr = await staticWords('fr', alerts);
  const all = (x) => [...x.policies, ...x.assessments, ...x.alerts];
  ok('every static text has a French one', alerts.length >= 3 && all(en).length === all(fr).length && all(en).length > 300 && all(en).every((text, i) => text && all(fr)[i] && text !== all(fr)[i]), [alerts.length, all(en).length, all(fr).length]);
  const english = [...new Set(all(en))], left = [];
  const look = async (what, wanted) => {
    await page.waitForFunction(() => !document.querySelector('main .skeleton, dialog .skeleton'), null, { timeout: 15_000 });
    const text = await page.locator('body').innerText();
    left.push(...english.filter((e) => text.includes(e)).map((e) => `${what}: ${e}`), ...wanted.filter((w) => !text.includes(w)).map((w) => `${what} lacks: ${w}`));
  };
  for (const id of alerts) {
    const a = await said('fr', `alerts/${id}`);
    await open(`alerts/${id}`);
    const sentence = [a.description, (await said('en', `alerts/${id}`)).description];
    if (sentence[0] === sentence[1]) left.push(`${a.policy}: ${sentence[0]}`);
    await look(`alert ${a.policy}`, [a.description, a.name, a.about, ...Object.values(a.advice).flat()]);
  }
  await shot('alert-fr');
  const policies = (await said('fr', 'policies')).data.filter((p) => p.type !== 'activity');
  for (const type of ['identity', 'anomaly']) {
    await open(`policies?type=${type}`);
    await page.locator('[data-test=policies] tbody tr').first().waitFor();
    await look(`policies ${type}`, policies.filter((p) => p.type === type).slice(0, 10).map((p) => p.name));
  }
  for (const p of [policies.find((x) => x.externalId === 2006), policies.find((x) => x.id === 'impossible_travel')]) {
    await open(`policies?p=${p.id}`);
    await page.getByRole('heading', { name: p.name }).waitFor();
    await look(`policy ${p.id}`, [p.about, p.blind, ...p.params.map((x) => x.about)]);
  }
  for (const a of (await said('fr', 'posture')).data) {
    await open(`posture/${a.id}`);
    await page.getByRole('heading', { name: a.name }).waitFor();
    await look(`posture ${a.id}`, wordsOf([a.about, a.todo]));
  }
  for (const p of ['', 'alerts', 'posture', 'settings/health', 'settings/exclusions']) { await open(p); await look(p || 'dashboard', []); }
  ok('names, sentences, parameters and advice of detections and assessments are French on every page', left.length === 0, left.slice(0, 12));
  ok('a French name finds its policy', (await said('fr', `policies?q=${encodeURIComponent('Voyage')}`)).data.some((p) => p.id === 'impossible_travel') && (await said('en', 'policies?q=travel')).data.some((p) => p.id === 'impossible_travel'));
  const [top] = (await said('en', 'users?sort=priority&limit=1')).data;
  const reasons = async (language) => (await said(language, `users/${top.id}/receipt`)).parts.map((p) => p.text);
  const [plain, translated] = [await reasons('en'), await reasons('fr')];
  ok('so are the reasons of a score', plain.length > 3 && plain.every((text, i) => text !== translated[i]), plain.filter((text, i) => text === translated[i]).slice(0, 5));
  const compatible = await page.evaluate(async () => (await fetch('/api/v1/alerts/', { headers: { 'Accept-Language': 'fr' } })).json());
  const names = new Set(en.alerts);
  ok('the compatible API stays English', compatible.data.length > 0 && compatible.data.some((a) => names.has(a.title)), compatible.data.slice(0, 3).map((a) => a.title));
}

/** Everything that is asked of a language, from a hub that has the logs and no link. `seen`: on-premises activities that joined before. */
async function journey(seen) {
  await part('sign in', signIn);
  await part('link refused', () => linkRefused(seen));
  await part('other roles', roles);
  await part('link on', linkOn);
  await part('what joined', joined);
  await part('VPN', vpn);
  await part('attacker', attacker);
  await part('close an alert', closeAlert);
  await part('policy from a search', policy);
  await part('suppress and take away', silence);
  await part('exports', exports);
  await part('scopes', scopes);
  await part('link off and on', linkOff);
  await part('ATP licence alone', atpAlone);
  await part('directory services', directories);
  await part('delete a person', deletePerson);
  await part('every page', everyPage);
  await part('keyboard', keyboard);
}

await part('set up', () => setUp(page, o.setup));
await part('upload', upload);
await journey(0);
await part('governance', governance);
await part('governance by policy', approval);
await part('sensors', sensors);
await part('French', inFrench);
await part('set up', setUpEmpty);
await part('start over', startOver);
await journey(await onprem());
await part('French of detections', frenchWords);
ok('no console error, no failing answer, no request to another host', complaints.length === 0, complaints.slice(0, 10));
await browser.close();
console.log(`${passed} passed, ${failed} failed, ${skipped} skipped`);
process.exit(failed ? 1 : 0);
