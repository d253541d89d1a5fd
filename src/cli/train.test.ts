import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { landCover } from '../core/data/landCover.ts';
import { plainChoice } from '../core/data/normalizationChoice.ts';
import { defaultDesign } from '../core/exploration/defaultDesign.ts';
import { unwrap } from '../core/result.ts';
import { freezableLayers, frozenAllButHead } from '../core/training/freeze.ts';
import { bitEqual } from '../core/training/transfer.ts';
import { readModel } from '../formats/model/readModel.ts';
import { parseSessionText, writeSession } from '../formats/session/parse.ts';
import { ImageSet } from '../ml/images.ts';
import { UsageError } from './command.ts';
import { convertCommand } from './convert.ts';
import { inspectCommand } from './inspect.ts';
import { readTeachers } from './teachers.ts';
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

test('a model teaches a session, whatever pixels either reads (VT-18)', async () => {
  const told = vi.spyOn(console, 'error').mockImplementation(() => {});
  const parsed = parseSessionText(readFileSync(session(100), 'utf8'));
  if (!parsed.ok) throw new Error(parsed.error.message);
  writeFileSync(at('taught.json'), writeSession({ ...parsed.value, teachers: ['Tiny CNN'] }));
  const run = async (...more: string[]) =>
    JSON.parse(await trainCommand.run([at('taught.json'), '--json', ...more]));
  const alone = await run('--out', at('teacher.onnx'));
  told.mockClear();
  const taught = await run('--teacher', at('teacher.onnx'));
  expect(told.mock.calls.map(([line]) => String(line).slice(0, 9))).toEqual(['Epoch 1/2', 'Epoch 2/2']);
  expect(taught.loss).not.toBe(alone.loss);
  expect((await run('--teacher', at('teacher.onnx'))).loss).toBe(taught.loss);
  // Its file says that it reads -1 to 1, which is what it is shown, whatever its student reads.
  const looks = async (normalization: 'signed' | 'unit') =>
    (await readTeachers([at('teacher.onnx')], new ImageSet(landCover(40, 1), 1, 0.5, normalization)))[0];
  expect((await looks('signed'))?.normalization).toBeNull();
  expect((await looks('unit'))?.normalization).toEqual(plainChoice('signed'));
  await expect(run('--teacher', 'preset:tiny-cnn')).rejects.toThrow(
    /preset:tiny-cnn holds no weights, so it has nothing to teach/,
  );
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

async function toldBy(run: () => Promise<unknown>): Promise<readonly string[]> {
  const told = vi.spyOn(console, 'error').mockImplementation(() => {});
  try {
    await run();
    return told.mock.calls.map(([line]) => String(line));
  } finally {
    told.mockRestore();
  }
}

/** Records of CIFAR-10: classes in turn, each image of a color of its own. */
function cifar(imageCount: number): string {
  const records = new Uint8Array(imageCount * 3073);
  for (let i = 0; i < imageCount; i++) {
    records[i * 3073] = i % 10;
    for (let k = 1; k < 3073; k++) records[i * 3073 + k] = (k * 7 + 20 * (i % 10) + (i % 4)) % 256;
  }
  writeFileSync(at('images.bin'), records);
  return at('images.bin');
}

async function weightsIn(name: string) {
  const { network, weights } = unwrap(await readModel({ name, bytes: readFileSync(at(name)) }));
  return { network, weights: weights ?? {} };
}

test('a trained model gets a new head, its body is frozen and freed, and lines are printed every so many steps (VT-05)', async () => {
  await convertCommand.run(['preset:tiny-cnn', at('body.h5'), '--seed', '4']);
  const data = ['--data', cifar(80)]; // 60 to train with: a batch of 32 an epoch
  const frozen = ['--new-head', '--freeze', 'body', '--epochs', '2', '--print-every', '2'];
  const lines = await toldBy(() =>
    trainCommand.run([at('body.h5'), ...data, ...frozen, '--out', at('new.h5')]),
  );
  const line =
    /^Epoch: \d\/2 \| Training Loss: \d+\.\d{4} \| Validation Loss: \d+\.\d{4} \| Validation Accuracy: [01]\.\d{4}$/;
  expect(lines.filter((one) => line.test(one)).map((one) => one.slice(0, 10))).toEqual(['Epoch: 2/2']);
  const [before, after] = [await weightsIn('body.h5'), await weightsIn('new.h5')];
  const all = freezableLayers(after.network).map(({ id }) => id);
  const still = unwrap(frozenAllButHead(after.network));
  const body = all.filter((id) => still.has(id));
  expect(all.length - body.length).toBe(1);
  expect(bitEqual(before.weights, after.weights, body)).toBe(true);
  await toldBy(() => trainCommand.run([at('new.h5'), ...data, '--epochs', '1', '--out', at('free.h5')]));
  const free = await weightsIn('free.h5');
  for (const id of body) expect(bitEqual(after.weights, free.weights, [id]), id).toBe(false);
});

test('layers are frozen by their names, and others are told before anything is trained', async () => {
  const told = await toldBy(async () => {
    const text = await trainCommand.run([session(100), '--epochs', '1', '--freeze', 'conv1,bn1', '--json']);
    expect(JSON.parse(text)).toMatchObject({ epochs: 1 });
  });
  expect(told).toHaveLength(1);
  await expect(trainCommand.run([session(100), '--freeze', 'half'])).rejects.toThrow(
    /can't freeze "half": it has nothing.*body/,
  );
  await expect(trainCommand.run([session(100), '--freeze', 'conv1,gone'])).rejects.toThrow(/no layer gone/);
  await expect(trainCommand.run([session(100), '--new-head'])).rejects.toThrow(/holds no weights/);
  await expect(trainCommand.run([session(100), '--out', at('none/m.h5')])).rejects.toThrow(
    /There is no folder .*none to write to/,
  );
});
