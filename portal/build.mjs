// build.mjs OUT - checks nothing, bundles everything: OUT/index.html, app.HASH.js, app.HASH.css, icon.svg and their gzip twins.
import { build } from 'esbuild';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createHash } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';

const here = fileURLToPath(new URL('.', import.meta.url));
const out = process.argv[2] ?? join(here, '../build/portal');

const result = await build({
  absWorkingDir: here,
  entryPoints: { app: 'src/main.tsx', style: 'src/style.css' },
  bundle: true,
  minify: true,
  write: false,
  format: 'esm',
  target: 'es2021',
  jsx: 'automatic',
  jsxImportSource: 'preact',
  legalComments: 'none',
  charset: 'utf8',
  outdir: out,
  logLevel: 'warning',
});

const text = (ending) => result.outputFiles.find((f) => f.path.endsWith(ending)).text;
const named = (ending, content) => `app.${createHash('sha256').update(content).digest('hex').slice(0, 12)}.${ending}`;
const js = text('app.js'), css = text('style.css');
const files = { [named('js', js)]: js, [named('css', css)]: css, 'icon.svg': readFileSync(join(here, 'icon.svg'), 'utf8') };
const [jsName, cssName] = Object.keys(files);
files['index.html'] = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="robots" content="noindex">
<title>Vigie</title>
<link rel="icon" href="/icon.svg" type="image/svg+xml">
<link rel="stylesheet" href="/${cssName}">
<script type="module" src="/${jsName}"></script>
</head>
<body><div id="app"></div></body>
</html>
`;

rmSync(out, { recursive: true, force: true });
mkdirSync(out, { recursive: true });
for (const [name, content] of Object.entries(files)) {
  writeFileSync(join(out, name), content);
  // The time in a gzip head would make every build differ.
  writeFileSync(join(out, `${name}.gz`), gzipSync(content, { level: 9 }));
}
