// tests/support/sign_in_service.mjs CERT KEY HUB - a real OpenID Connect service on loopback: oidc-provider, a certified implementation, behind TLS.
// Prints its port. Who enters a name on its page signs in as that; groups are what follows a plus ("bob+ops+dev"). HUB: the hub's address,
// where it sends people back to. Each line of its input is an order, answered by "ok" when it holds:
//   honest                nothing is changed
//   claims JSON           the next ID tokens say this besides (null takes a claim away), signed with the service's key
//   head JSON             the next tokens' heads say this besides
//   sign HOW              none, hs256 (with the public key as its secret), stranger (a key that is not published, under the id of one that is), garbage
//   rotate                other keys from now on
//   answer PATH WHAT      huge, slow, hang, elsewhere (a redirect), rubbish, twice (a member twice), or a status, in place of that path's answer
import { createHmac, createPublicKey, generateKeyPairSync, sign } from 'node:crypto';
import { readFileSync } from 'node:fs';
import https from 'node:https';
import { createInterface } from 'node:readline';
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';

const require = createRequire(new URL('../../portal/package.json', import.meta.url));
const { default: Provider } = await import(pathToFileURL(require.resolve('oidc-provider')));
const [cert, key, hub] = process.argv.slice(2);
process.env.NODE_NO_WARNINGS = '1';

let generation = 0, keys, stranger, provider, handler;
let claims = {}, head = {}, how = '', answers = new Map();

function pair(alg) {
  const { privateKey } = alg === 'ES256' ? generateKeyPairSync('ec', { namedCurve: 'P-256' }) : generateKeyPairSync('rsa', { modulusLength: 2048 });
  return { ...privateKey.export({ format: 'jwk' }), kid: `${alg}-${generation}`, alg, use: 'sig', privateKey };
}

const client = (id, alg, more = {}) => ({ client_id: id, client_secret: `the secret of ${id}: %&+`, redirect_uris: [`${hub}/api/vigie/v1/session/oidc`], id_token_signed_response_alg: alg, ...more });

function build(issuer) {
  generation++;
  keys = ['RS256', 'PS256', 'ES256'].map(pair);
  stranger = pair('RS256');
  provider = new Provider(issuer, {
    clients: [client('vigie', 'RS256'), client('vigie-ps', 'PS256', { token_endpoint_auth_method: 'client_secret_post' }), client('vigie-es', 'ES256')],
    jwks: { keys: keys.map(({ privateKey, ...jwk }) => jwk) },
    claims: { openid: ['sub'], profile: ['preferred_username', 'name', 'groups', 'realm_access'], email: ['email', 'email_verified'] },
    conformIdTokenClaims: false,
    pkce: { required: () => true, methods: ['S256'] },
    cookies: { keys: ['one of this test'] },
    enabledJWA: { idTokenSigningAlgValues: ['RS256', 'PS256', 'ES256'] },
    findAccount: (_, sub) => {
      const [name, ...groups] = sub.split('+');
      return { accountId: sub, claims: () => ({ sub, preferred_username: name, name: `${name} of the service`, email: `${name}@corp.test`, email_verified: true, groups, realm_access: { roles: groups } }) };
    },
  });
  handler = provider.callback();
}

const b64 = (x) => Buffer.from(typeof x === 'string' ? x : JSON.stringify(x)).toString('base64url');

/** The token with what was ordered, signed again. */
function alter(token) {
  const [h, c] = token.split('.').map((part, i) => (i < 2 ? JSON.parse(Buffer.from(part, 'base64url')) : null));
  Object.assign(h, head);
  Object.assign(c, claims);
  for (const [name, value] of Object.entries(c)) if (value === null) delete c[name];
  const own = keys.find((k) => k.alg === h.alg) ?? keys[0];
  if (how === 'none') h.alg = 'none';
  if (how === 'hs256') h.alg = 'HS256';
  const text = `${b64(h)}.${b64(c)}`;
  if (how === 'none') return `${text}.`;
  if (how === 'garbage') return `${text}.${b64('x'.repeat(256))}`;
  if (how === 'hs256') return `${text}.${createHmac('sha256', createPublicKey(own.privateKey).export({ type: 'spki', format: 'pem' })).update(text).digest('base64url')}`;
  const with_ = how === 'stranger' ? stranger : own;
  const options = { key: with_.privateKey, ...(with_.alg === 'ES256' && { dsaEncoding: 'ieee-p1363' }), ...(with_.alg === 'PS256' && { padding: 6, saltLength: 32 }) };
  return `${text}.${sign('sha256', Buffer.from(text), options).toString('base64url')}`;
}

/** The body of /token goes through `alter`. */
function changing(res) {
  const parts = [], end = res.end.bind(res);
  res.write = (x) => { parts.push(Buffer.from(x)); return true; };
  res.end = (x) => {
    if (x) parts.push(Buffer.from(x));
    let body = Buffer.concat(parts);
    try {
      const answer = JSON.parse(body);
      if (answer.id_token) { answer.id_token = alter(answer.id_token); body = Buffer.from(JSON.stringify(answer)); }
    } catch { /* no JSON: as it is */ }
    if (!res.headersSent) res.setHeader('Content-Length', body.length);
    return end(body);
  };
}

function instead(what, res) {
  const text = { rubbish: '{"issuer":', twice: '{"issuer":"a","issuer":"b"}' }[what];
  if (what === 'hang') return;
  if (what === 'slow') { res.writeHead(200); setInterval(() => res.write(' '), 500).unref(); return; }
  if (what === 'huge') { res.writeHead(200); const more = () => { while (!res.destroyed && res.write(' '.repeat(65536))); }; res.on('drain', more); more(); return; }
  if (what === 'elsewhere') { res.writeHead(302, { Location: `${issuer}/.well-known/openid-configuration?again` }); res.end(); return; }
  res.writeHead(text ? 200 : Number(what), { 'Content-Type': 'application/json' });
  res.end(text ?? '{"error":"server_error"}');
}

const server = https.createServer({ cert: readFileSync(cert), key: readFileSync(key) }, (req, res) => {
  const path = req.url.split('?')[0], what = answers.get(path);
  if (what && !req.url.endsWith('?again')) return instead(what, res);
  if (path === '/token') changing(res);
  return handler(req, res);
});
let issuer = '';
server.listen(0, '127.0.0.1', () => {
  issuer = `https://localhost:${server.address().port}`;
  build(issuer);
  console.log(server.address().port);
});

const orders = {
  honest: () => { claims = {}; head = {}; how = ''; answers = new Map(); },
  claims: (text) => { claims = JSON.parse(text); },
  head: (text) => { head = JSON.parse(text); },
  sign: (text) => { how = text; },
  rotate: () => build(issuer),
  answer: (text) => { const [path, what] = text.split(' '); answers.set(path, what); },
};
const input = createInterface({ input: process.stdin });
input.on('line', (line) => {
  const [word] = line.split(' ', 1);
  orders[word](line.slice(word.length + 1));
  console.log('ok');
});
input.on('close', () => process.exit(0));
