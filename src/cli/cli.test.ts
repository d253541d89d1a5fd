import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { defaultDesign } from '../core/exploration/defaultDesign.ts';
import { encodeLink } from '../formats/design/link.ts';
import { UsageError } from './command.ts';
import { estimateCommand } from './estimate.ts';
import { parseBits } from './finnChoices.ts';
import { foldCommand } from './fold.ts';
import { inspectCommand } from './inspect.ts';

const folder = mkdtempSync(join(tmpdir(), 'sweetspot-cli-'));

function file(name: string, value: unknown): string {
  const path = join(folder, name);
  writeFileSync(path, typeof value === 'string' ? value : JSON.stringify(value));
  return path;
}

test('a design file, its link and the default give the same numbers', async () => {
  const design = defaultDesign();
  const fromFile = await estimateCommand.run([file('design.json', design), '--target', 'finn', '--json']);
  const fromLink = await estimateCommand.run([
    `https://example.org/${encodeLink(design)}`,
    '--target',
    'finn',
    '--json',
  ]);
  expect(fromLink).toBe(fromFile);
  expect(JSON.parse(fromFile).throughputFps).toBeGreaterThan(1000);
});

test('CSV has a row a launched layer', async () => {
  const csv = await estimateCommand.run(['preset:cnv', '--target', 'dpu-b4096', '--csv']);
  const lines = csv.trim().split('\n');
  expect(lines[0]).toBe('row,engine,cycles,bound,MACs');
  expect(lines.length).toBeGreaterThan(8);
});

test('finn-nodes answers in order, with an error where a record can not be estimated (BO-23)', async () => {
  const mvau = {
    name: 'MVAU_hls_0',
    op_type: 'MVAU_hls',
    attributes: {
      PE: 16,
      SIMD: 3,
      MW: 27,
      MH: 64,
      numInputVectors: [1, 30, 30],
      inputDataType: 'INT8',
      weightDataType: 'BIPOLAR',
      outputDataType: 'BINARY',
      accDataType: 'INT32',
      resType: 'lut',
      noActivation: 0,
    },
  };
  const records = [mvau, { name: 'odd', op_type: 'Transmogrify', attributes: {} }, 7];
  const answers = JSON.parse(
    await estimateCommand.run([file('nodes.json', records), '--target', 'finn-nodes', '--json']),
  );
  expect(answers[0]).toEqual({
    name: 'MVAU_hls_0',
    cycles: 32_400,
    LUT: 2746,
    BRAM_18K: 2,
    URAM: 0,
    DSP_by_block: { DSP48E1: 0, DSP48E2: 0, DSP58: 0 },
  });
  expect(answers[1]).toMatchObject({ name: 'odd', error: expect.stringContaining('Transmogrify') });
  expect(answers[2].error).toMatch(/Record 2 is no node/);
});

test('fold gives every foldable layer its PE and SIMD under the target', async () => {
  const { foldings, initiationInterval } = JSON.parse(
    await foldCommand.run(['preset:cnv', '--target-cycles', '40000', '--json']),
  );
  expect(foldings).toHaveLength(9);
  expect(initiationInterval).toBeLessThan(40_000);
});

test('inspect counts CNV as the reference does (BO-18)', async () => {
  expect(JSON.parse(await inspectCommand.run(['preset:cnv', '--json'])).totals).toMatchObject({
    weightCount: 1_542_848,
    macCount: 59_461_376,
  });
});

test('bad input is one sentence: what, where, what to do', async () => {
  const target = ['--target', 'finn'];
  await expect(estimateCommand.run([join(folder, 'none.json'), ...target])).rejects.toThrow(
    /There is no file .*none\.json/,
  );
  await expect(estimateCommand.run([file('broken.json', '{'), ...target])).rejects.toThrow(/not JSON/);
  await expect(estimateCommand.run(['preset:moon', ...target])).rejects.toThrow(
    /no preset preset:moon; choose one of tiny-cnn/,
  );
  await expect(estimateCommand.run([file('object.json', {}), '--target', 'finn-nodes'])).rejects.toThrow(
    /no array of node records/,
  );
  await expect(estimateCommand.run(['preset:cnv', '--target', 'moon'])).rejects.toThrow(/no target moon/);
});

test('bits are understood as W2A4, 2W4A and CNV_2W4A (BO-18)', async () => {
  const bits = { weightBits: 2, activationBits: 4 };
  for (const text of ['W2A4', 'w2a4', '2W4A', 'CNV_2W4A', 'cnv-w2a4']) expect(parseBits(text)).toEqual(bits);
  expect(() => parseBits('four')).toThrow(/write W2A4/);
});

test('fold writes a configuration and five reports, and estimate reads the configuration to the same numbers', async () => {
  const out = join(folder, 'folding_config.json');
  const reports = join(folder, 'report');
  const common = ['preset:cnv', '--bits', 'W1A1', '--board', 'pynq-z1'];
  const folded = JSON.parse(
    await foldCommand.run([...common, '--method', 'optimal', '--out', out, '--reports', reports, '--json']),
  );
  expect(folded.sentence).toMatch(/proven to be the fastest/);
  const again = JSON.parse(
    await estimateCommand.run([...common, '--target', 'finn', '--folding', out, '--json']),
  );
  expect(again.initiationInterval).toBe(folded.initiationInterval);
  expect(again.resources).toEqual(folded.resources);
  const written = JSON.parse(readFileSync(join(reports, 'estimate_network_performance.json'), 'utf8'));
  expect(written.max_cycles).toBe(folded.initiationInterval);
});

test('a folding file with faults is told and the rest is used; a broken one is a fault', async () => {
  const config = { Defaults: {}, MVAU_hls_0: { PE: 7 }, ghost_0: {} };
  const path = file('faulty.json', config);
  const { notes } = JSON.parse(
    await estimateCommand.run(['preset:cnv', '--target', 'finn', '--folding', path, '--json']),
  );
  expect(notes).toEqual([
    'PE 7 of MVAU_hls_0 does not divide 64; choose 4 or 8. 4 is used.',
    'A node is not in this network and ignored: "ghost_0"; was the file made for another network?',
    expect.stringMatching(/^The file has no entry for Thresholding_rtl_0, .* and 15 more/),
  ]);
  const broken = file('broken.json', '{');
  await expect(estimateCommand.run(['preset:cnv', '--target', 'finn', '--folding', broken])).rejects.toThrow(
    /broken.json is not JSON/,
  );
  await expect(foldCommand.run(['preset:cnv', '--board', 'nope'])).rejects.toThrow(
    /there is no board nope; choose one of/,
  );
});

test("estimate holds FINN's reports against its own, and says which figures differ", async () => {
  const reports = join(folder, 'theirs');
  const common = ['preset:cnv', '--bits', 'W1A1', '--board', 'pynq-z1', '--target-cycles', '40000'];
  const out = join(folder, 'compared_config.json');
  await foldCommand.run([...common, '--out', out, '--reports', reports]);
  const compare = [
    'preset:cnv',
    '--bits',
    'W1A1',
    '--board',
    'pynq-z1',
    '--target',
    'finn',
    '--folding',
    out,
  ];
  const compared = async () =>
    JSON.parse(await estimateCommand.run([...compare, '--compare', reports, '--json'])).comparison;
  expect(await compared()).toMatchObject({ differences: [], notes: [] });
  const path = join(reports, 'estimate_layer_cycles.json');
  const cycles = JSON.parse(readFileSync(path, 'utf8'));
  writeFileSync(path, JSON.stringify({ ...cycles, MVAU_hls_2: 2 * cycles.MVAU_hls_2 }));
  expect((await compared()).differences).toMatchObject([{ node: 'MVAU_hls_2', ours: cycles.MVAU_hls_2 }]);
  const text = await estimateCommand.run([...compare, '--compare', reports]);
  expect(text).toMatch(/1 figure differs, in 1 node;/);
  expect(text).toMatch(/estimate_layer_cycles.json: MVAU_hls_2: cycles is .* \(-50.0 %\)/);
  await expect(estimateCommand.run([...compare, '--compare', join(folder, 'nowhere')])).rejects.toThrow(
    /nowhere holds none of estimate_layer_cycles.json/,
  );
  await expect(
    estimateCommand.run(['preset:cnv', '--target', 'dpu-b512', '--compare', reports]),
  ).rejects.toThrow(UsageError);
});

test('a folding file comes before what the design chose by layer, and its FIFO depths come out again', async () => {
  const design = defaultDesign();
  const { hardware } = design;
  const implementations = {
    conv1: { memMode: 'internal_decoupled', ramStyle: 'auto', resType: 'dsp' },
  } as const;
  const chosen = file('chosen.json', { ...design, hardware: { ...hardware, implementations } });
  const config = file('depths.json', {
    Defaults: { resType: ['lut', 'all'] },
    MVAU_hls_0: { PE: 1, SIMD: 1, outFIFODepths: [64] },
    StreamingFIFO_rtl_3: { depth: 512 },
  });
  const target = [chosen, '--target', 'finn', '--json'];
  expect(JSON.parse(await estimateCommand.run(target)).resources.dsp).toBeGreaterThan(0);
  expect(JSON.parse(await estimateCommand.run([...target, '--folding', config])).resources.dsp).toBe(0);
  const out = join(folder, 'depths_out.json');
  await foldCommand.run([chosen, '--folding', config, '--out', out]);
  const written = JSON.parse(readFileSync(out, 'utf8'));
  expect(written.StreamingFIFO_rtl_3).toEqual({ depth: 512 });
  expect(written.MVAU_hls_0).toMatchObject({ PE: 1, SIMD: 1, resType: 'lut', outFIFODepths: [64] });
});

test('a processor is estimated in time, without a clock', async () => {
  const text = await estimateCommand.run(['preset:cnv', '--target', 'tegra-x2-gpu']);
  expect(text).toMatch(/Tegra X2 GPU, its cycles are nanoseconds/);
  expect(text).not.toMatch(/MHz/);
});
