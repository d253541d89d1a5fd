import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { defaultDesign } from '../core/exploration/defaultDesign.ts';
import { parseSessionText, writeSession } from '../formats/session/parse.ts';
import { UsageError } from './command.ts';
import { inspectCommand } from './inspect.ts';
import { trainCommand } from './train.ts';

const folder = mkdtempSync(join(tmpdir(), 'sweetspot-train-'));
const at = (name: string) => join(folder, name);

function session(imageCount: number): string {
  const design = defaultDesign();
  const source = { kind: 'land-cover', imageCount, seed: 3 } as const;
  const recipe = { ...design.recipe, epochs: 2, batchSize: 20 };
  const text = writeSession({
    design: { ...design, recipe, data: { ...design.data, source } },
    teachers: [],
    run: null,
  });
  writeFileSync(at('session.json'), text);
  return at('session.json');
}

test('a session is trained twice alike, each epoch is told, and its weights are a model (SX-28)', async () => {
  const told = vi.spyOn(console, 'error').mockImplementation(() => {});
  const input = session(100);
  const run = async (...more: string[]) => JSON.parse(await trainCommand.run([input, '--json', ...more]));
  const first = await run('--out', at('trained.onnx'));
  expect(told.mock.calls.map(([line]) => String(line).slice(0, 9))).toEqual(['Epoch 1/2', 'Epoch 2/2']);
  const second = await run();
  const other = await run('--seed', '9');
  told.mockRestore();
  expect(first).toMatchObject({ total: 20, epochs: 2, steps: 8, stopped: '', files: [at('trained.onnx')] });
  expect(second.loss).toBe(first.loss);
  expect(other.loss).not.toBe(first.loss);
  expect(await inspectCommand.run([at('trained.onnx')])).toContain('Pixels reach it as −1 to 1');
});

test('a session says which of its weights do not travel', async () => {
  const told = vi.spyOn(console, 'error').mockImplementation(() => {});
  const parsed = parseSessionText(readFileSync(session(100), 'utf8'));
  if (!parsed.ok) throw new Error(parsed.error.message);
  writeFileSync(at('taught.json'), writeSession({ ...parsed.value, teachers: ['Wide CNN'] }));
  await trainCommand.run([at('taught.json'), '--epochs', '1']);
  expect(told.mock.calls.map(([line]) => String(line))).toEqual([
    expect.stringMatching(/^The session has teachers \(Wide CNN\), whose weights do not travel/),
    expect.stringMatching(/^Epoch 1\/1/),
  ]);
  told.mockRestore();
});

test('what can not be trained is told before anything is', async () => {
  const design = defaultDesign();
  const source = {
    kind: 'file',
    format: 'pictures',
    fileNames: ['flowers.zip'],
    imageCount: 10,
    compile: null,
    fingerprint: null,
  } as const;
  writeFileSync(at('design.json'), JSON.stringify({ ...design, data: { ...design.data, source } }));
  await expect(trainCommand.run([at('design.json')])).rejects.toThrow(/flowers\.zip.*give them with --data/);
  for (const wrong of [
    ['--epochs', '0'],
    ['--recipe', 'magic'],
    ['--out', 'network.csv'],
  ])
    await expect(trainCommand.run(['preset:tiny-cnn', ...wrong])).rejects.toThrow(UsageError);
});
