import { readdirSync, readFileSync } from 'node:fs';
import { join, normalize } from 'node:path';
import { expect, test } from 'vitest';

const src = join(import.meta.dirname, '..');

/** Every module a file names, relative ones resolved against it. */
function imports(file: string): string[] {
  const text = readFileSync(file, 'utf8');
  return [...text.matchAll(/(?:from|import)\s*\(?\s*'([^']+)'/g)].map(([, name = '']) =>
    name.startsWith('.') ? normalize(join(file, '..', name)) : name,
  );
}

function filesIn(folder: string): string[] {
  return readdirSync(join(src, folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => /\.tsx?$/.test(file) && !/\.test\.tsx?$|testing\//.test(file))
    .map((file) => join(src, folder, file));
}

test('core imports nothing but core', () => {
  const files = filesIn('core');
  expect(files.length).toBeGreaterThan(10);
  for (const file of files)
    for (const name of imports(file)) expect(name, file).toMatch(new RegExp(`^${src}/core/`));
});

test('no view, chart or state imports ml or a worker: tfjs stays out of the page', () => {
  const files = ['views', 'charts', 'state'].flatMap(filesIn);
  expect(files.length).toBeGreaterThan(10);
  for (const file of files)
    for (const name of imports(file)) expect(name, file).not.toMatch(/\/ml\/|\.worker\.ts$|@tensorflow/);
});

test('charts know core only, formats know core only', () => {
  for (const folder of ['charts', 'formats']) {
    for (const file of filesIn(folder)) {
      for (const name of imports(file).filter((n) => n.startsWith(src)))
        expect(name, file).toMatch(new RegExp(`^${src}/(core|${folder})/`));
    }
  }
});
