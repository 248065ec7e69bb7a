// tests/portal/sign_on.mjs - clicked in a real browser: single sign-on set up, tested, used, refused and left; API tokens that may less.
// Arguments: a JSON file made by test_sign_on.py {base, service, ca, password, shots}.
import { readFileSync } from 'node:fs';
import { gone, start, visit } from './browser.mjs';

const o = JSON.parse(readFileSync(process.argv[2], 'utf8'));
const SECRET = 'the secret of vigie: %&+';
let passed = 0, failed = 0;
const complaints = [];

function ok(name, condition, detail = '') {
  if (condition) passed++; else failed++;
  console.log(`${condition ? 'ok' : 'NOT OK'} - ${name}${condition || detail === '' ? '' : `: ${typeof detail === 'string' ? detail : JSON.stringify(detail)}`}`);
}

async function part(name, run) {
  try { await run(); } catch (e) { ok(name, false, String(e.message ?? e).split('\n').slice(0, 5).join(' | ')); }
}

const seen = (locator) => locator.first().waitFor({ timeout: 10_000 }).then(() => true, () => false);
const browser = await start();
const { page } = await visit(browser, o.base, complaints, { reducedMotion: 'no-preference' }); // as most have it; flow.mjs goes without motion
const main = page.getByRole('main');
const open = async (hash) => { await page.goto(`${o.base}/#/${hash}`); await page.waitForLoadState('networkidle'); };
const shot = async (name, of = page) => { if (o.shots) await of.screenshot({ path: `${o.shots}/${name}.png`, fullPage: true }); };
const stranger = async () => {
  const visitor = await visit(browser, o.base, complaints, { others: [o.service] });
  await visitor.context.route((url) => ![o.service, new URL(o.base).host].includes(url.host), (route) => route.abort()); // the service's pages would have a font of elsewhere
  return visitor;
};
const ask = (p, method, path, body) => p.evaluate(async ([method, path, body]) => {
  const session = await (await fetch('/api/vigie/v1/session')).json();
  const r = await fetch(`/api/vigie/v1/${path}`, { method, headers: { 'Content-Type': 'application/json', 'X-Vigie-CSRF': session.csrf ?? '' }, ...(body && { body: JSON.stringify(body) }) });
  return { status: r.status, json: await r.json().catch(() => null) };
}, [method, path, body]);

async function localSignIn() {
  await page.goto(o.base);
  await page.getByLabel('Sign-in name').waitFor();
  ok('no service is offered before one is set up', await page.getByRole('button', { name: /^Sign in with/ }).count() === 0);
  await page.getByLabel('Sign-in name').fill('ada');
  await page.getByLabel('Password', { exact: true }).fill(o.password);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('heading', { name: 'Dashboard' }).waitFor();
}

async function setUp() {
  await open('settings/sign-on');
  ok('the address to register is shown', await page.locator('[data-test=redirect]').innerText() === `${o.base}/api/vigie/v1/session/oidc`);
  await main.getByLabel('Issuer').fill(`https://${o.service}`);
  await main.getByLabel('Name on the button').fill('Corp SSO');
  await main.getByLabel('Client ID').fill('vigie');
  await main.getByLabel('Client secret').fill('not that one');
  await main.getByRole('button', { name: 'Test' }).click();
  ok('a test without the authority says what is wrong', await seen(page.locator('[data-test=outcome]').getByText(/certificate/)), await page.locator('[data-test=outcome]').innerText());
  await main.getByLabel('Certificate').fill(o.ca);
  await main.getByRole('button', { name: 'Test' }).click();
  ok('a test with a wrong secret says so', await seen(page.locator('[data-test=outcome]').getByText('does not accept this client or its secret')) && await seen(page.locator('[data-test=outcome]').getByText('invalid_client')));
  await main.getByLabel('Client secret').fill(SECRET);
  await main.getByRole('button', { name: 'Test' }).click();
  ok('a test with the right one says what the service says', await seen(page.getByText('The service answers and knows this client.')) && await seen(page.getByText('3 keys, from')) && await seen(page.getByText(`https://${o.service}/session/end`)));
  await page.locator('summary').click();
  await shot('sign-on-test');
  await main.getByLabel('Claim of groups or roles').fill('groups');
  for (const [value, role] of [['ops', 'security_operator'], ['readers', 'security_reader']]) {
    await main.getByRole('button', { name: 'Add a value' }).click();
    await main.getByLabel('Value of the claim', { exact: true }).last().fill(value);
    await main.getByLabel('Role', { exact: true }).last().selectOption(role);
  }
  ok('roles that are limited to apps or groups are not offered', !(await main.getByLabel('Role', { exact: true }).last().innerText()).includes('App/instance admin'));
  await main.getByText('Give unknown people an account').click();
  await main.getByRole('switch').click();
  await main.getByRole('button', { name: 'Save' }).click();
  await page.getByText('Saved').first().waitFor();
  await page.reload();
  await page.locator('[data-test=redirect]').waitFor();
  const shown = [await main.getByLabel('Issuer').inputValue(), await main.getByLabel('Client secret').inputValue(), await main.getByLabel('Value of the claim', { exact: true }).count(), await main.getByRole('switch').getAttribute('aria-checked')];
  ok('what was set is shown again, the secret is not', JSON.stringify(shown) === JSON.stringify([`https://${o.service}`, '', 2, 'true']), shown);
  await shot('sign-on');
}

/** Through the service's own pages. */
async function throughService(p, who) {
  await p.goto(o.base);
  await p.getByRole('button', { name: 'Sign in with Corp SSO' }).click();
  await p.locator('input[name=login]').fill(who);
  await p.locator('input[name=password]').fill('any');
  await p.getByRole('button', { name: /sign-in/i }).click();
  await p.getByRole('button', { name: /continue/i }).click();
}

async function use() {
  const { context, page: p } = await stranger();
  await p.goto(o.base);
  await p.getByRole('button', { name: 'Sign in with Corp SSO' }).waitFor();
  await shot('sign-in-service', p);
  await throughService(p, 'gus+ops');
  await p.getByRole('heading', { name: 'Dashboard' }).waitFor();
  const s = (await ask(p, 'GET', 'session')).json;
  ok('who signs in at the service is in, with the role of their group', s.account.name === 'gus' && s.account.role === 'security_operator' && s.account.singleSignOn === true, s.account);
  const cookies = (await context.cookies(o.base)).map((c) => [c.name, c.httpOnly, c.secure, c.sameSite]);
  ok('one cookie is left, for this site alone', JSON.stringify(cookies) === JSON.stringify([['__Host-vigie', true, true, 'Strict']]), cookies);
  await p.goto(`${o.base}/#/settings/profile`);
  ok('their password is said to be elsewhere', await seen(p.getByText('Your password and second factor are there.')) && await p.getByLabel('Present password').count() === 0);
  await p.goto(`${o.base}/#/settings/sign-on`);
  ok('an operator may not set it up', await seen(p.getByText('You may not see this page')) && (await ask(p, 'GET', 'oidc')).status === 403);
  await p.getByRole('button', { name: 'gus of the service' }).click();
  await p.getByRole('button', { name: 'Sign out' }).click();
  const there = p.getByRole('link', { name: 'Sign out of Corp SSO, too' });
  await there.waitFor();
  await shot('signed-out', p);
  ok('signed out here, and told where to sign out there', await there.getAttribute('href') === `https://${o.service}/session/end` && (await ask(p, 'GET', 'session')).status === 401);
  await there.click();
  ok('that address is the service’s', await seen(p.getByRole('button', { name: /sign me out/i })), p.url());
  await p.getByRole('button', { name: /sign me out/i }).click();
  await p.getByText(/sign-out success/i).first().waitFor();
  await p.goto(`${o.base}/api/vigie/v1/session/oidc?code=x&state=y`);
  ok('an answer that nobody asked for is refused in words', await seen(p.getByText('did not begin in this browser')));
  await throughService(p, 'nora+strangers');
  ok('who has no role there is told so, and no more', await seen(p.getByText('You have no access to this server.')) && (await ask(p, 'GET', 'session')).status === 401);
  await p.getByRole('button', { name: 'Français' }).click();
  ok('in French, too', await seen(p.getByRole('button', { name: 'Se connecter avec Corp SSO' })));
  await context.close();
}

async function cancelled() {
  const { context, page: p } = await stranger();
  await p.goto(o.base);
  await p.getByRole('button', { name: 'Sign in with Corp SSO' }).click();
  await p.getByRole('link', { name: /cancel/i }).click();
  ok('who cancels at the service lands at the gate', await seen(p.getByText('The sign-in was cancelled.')));
  await p.getByLabel('Sign-in name').fill('ada');
  await p.getByLabel('Password', { exact: true }).fill(o.password);
  await p.getByRole('button', { name: 'Sign in', exact: true }).click();
  ok('and may sign in with a password', await seen(p.getByRole('heading', { name: 'Dashboard' })));
  await context.close();
}

async function administrators() {
  await open('settings/admins');
  const row = page.locator('main tbody tr', { hasText: 'gus' });
  ok('the list of administrators says who signs in there', await seen(row.getByText('Single sign-on')));
  await row.click();
  const dialog = page.locator('dialog');
  ok('their role is said to come from there', await seen(dialog.getByText('gives this account its role')) && await dialog.getByLabel('New password').count() === 0);
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: 'Add administrator' }).click();
  await dialog.getByLabel('Sign-in name').fill('ivy');
  ok('a new account has a password, unless it says otherwise', await dialog.getByLabel('Password').count() === 1);
  await dialog.getByText('Signs in with single sign-on').click();
  ok('then none is asked for', await gone(dialog.getByLabel('Password')));
  await dialog.getByRole('button', { name: 'Save' }).click();
  await dialog.waitFor({ state: 'detached' });
  const ivy = (await ask(page, 'GET', 'accounts')).json.data.find((a) => a.name === 'ivy');
  ok('an account without a password can be made', ivy?.singleSignOn === true && ivy.managed === false && ivy.role === 'security_reader', ivy);
  await open('settings/audit');
  const audit = await page.locator('[data-test=audit]').innerText();
  ok('the audit log says plainly why somebody was refused', ['Single sign-on refused', 'gives nora a role here', 'this browser has not begun a sign-in', 'access_denied', 'Single sign-on changed', 'Signed in'].every((w) => audit.includes(w)), audit.slice(0, 1500));
  ok('and never the secret', !audit.includes(SECRET));
}

async function tokens() {
  await open('settings/tokens');
  await page.getByRole('button', { name: 'Generate token' }).click();
  const dialog = page.locator('dialog'), make = dialog.getByRole('button', { name: 'Generate token' });
  await dialog.getByLabel('Name').fill('settings reader');
  await dialog.getByLabel('May').selectOption('only');
  ok('a limited token may something', await make.isDisabled() && await dialog.getByText('Choose at least one.').isVisible());
  await dialog.getByText('Settings.read').click();
  await dialog.getByText('Discovery.read').click();
  await dialog.getByText('Discovery.read').click();
  await shot('token-scopes');
  await make.click();
  const token = await dialog.locator('[data-test=token]').innerText();
  await dialog.getByRole('button', { name: 'Done' }).click();
  const call = async (path, key) => (await page.evaluate(async ([path, key]) => (await fetch(path, { headers: { Authorization: `Token ${key}` }, credentials: 'omit' })).status, [path, key]));
  ok('it may what was chosen, and nothing else', await call('/api/vigie/v1/settings', token) === 200 && await call('/api/v1/alerts/', token) === 403 && await call('/api/vigie/v1/oidc', token) === 403);
  await page.getByRole('button', { name: 'Generate token' }).click();
  await dialog.getByLabel('Name').fill('siem');
  await dialog.getByText('Read only, for a SIEM').click();
  await make.click();
  const siem = await dialog.locator('[data-test=token]').innerText();
  await dialog.getByRole('button', { name: 'Done' }).click();
  const post = await page.evaluate(async (key) => (await fetch('/api/vigie/v1/tokens', { method: 'POST', headers: { Authorization: `Token ${key}`, 'Content-Type': 'application/json' }, body: '{"name":"x"}', credentials: 'omit' })).status, siem);
  ok('a token for a SIEM reads', await call('/api/v1/alerts/', siem) === 200 && post === 403, post);
  const rows = (await ask(page, 'GET', 'tokens')).json.data;
  ok('the API says the same', JSON.stringify(rows.map((r) => [r.name, r.scopes, r.siem]).sort()) === JSON.stringify([['settings reader', ['Settings.read'], false], ['siem', null, true]]), rows);
  const list = await page.locator('[data-test=tokens]').innerText();
  ok('the list says what each may', list.includes('Settings.read') && !list.includes('Discovery.read') && list.includes('Read only, for a SIEM') && list.includes('Everything that its issuer may') && rows.every((r) => list.includes(r.clientId)), list);
  ok('a list of no scopes is no token', (await ask(page, 'POST', 'tokens', { name: 'none', scopes: [] })).status === 400);
  await shot('tokens');
}

async function french() {
  await ask(page, 'PUT', 'session/language', { language: 'fr' });
  await page.setViewportSize({ width: 1280, height: 800 });
  await page.reload();
  for (const [path, words] of [['settings/sign-on', ['Authentification unique', 'Émetteur', 'Il reste toujours un administrateur général']], ['settings/tokens', ['Jetons d’API', 'Lecture seule, pour un SIEM', 'Tout ce que peut son émetteur']]]) {
    await open(path);
    await main.getByText(words[1]).first().waitFor();
    const text = await main.innerText();
    ok(`${path} in French`, words.every((w) => text.includes(w)) && !(await page.evaluate(() => document.documentElement.scrollWidth > innerWidth)), text.slice(0, 600));
    await shot(`${path.split('/')[1]}-fr`);
  }
}

await part('sign in', localSignIn);
await part('set up', setUp);
await part('use', use);
await part('cancelled', cancelled);
await part('administrators', administrators);
await part('tokens', tokens);
await part('French', french);
ok('no console error, no failing answer, no request to another host', complaints.length === 0, complaints.slice(0, 10));
await browser.close();
console.log(`${passed} passed, ${failed} failed, 0 skipped`);
process.exit(failed ? 1 : 0);
