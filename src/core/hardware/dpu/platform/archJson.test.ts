import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { unwrap } from '../../../result.ts';
import { DPU_ARCHITECTURE_NAMES } from '../architectures.ts';
import {
  decodeArchJson,
  decodeFingerprint,
  decodeTargetName,
  describeConfiguration,
  differenceSentence,
  differenceTo,
} from './archJson.ts';
import { decodeDpuName } from './dpuName.ts';

const message = (text: string): string => {
  const result = decodeArchJson(text);
  return result.ok ? '' : result.error.message;
};

test('the fingerprint of KV260, ZCU102 and ZCU104 in words', () => {
  const configuration = unwrap(decodeArchJson('{"fingerprint":"0x101000016010407"}'));
  expect(configuration).toEqual({
    fingerprint: '0x101000016010407',
    optionsAssumed: false,
    isa: 1,
    architecture: 'B4096',
    aluPixelParallelism: 4,
    bankGroups: 2,
    channelAugmentation: true,
    convolutionLeakyRelu: true,
    depthwiseLeakyRelu: false,
    argmaxOnSave: false,
    convolutionWidthParallelism: 1,
    aluWidthParallelism: 1,
  });
  const words = describeConfiguration(configuration).map(({ name, meaning }) => `${name}: ${meaning}`);
  expect(words).toContain('architecture: B4096');
  expect(words).toContain('feature-map bank groups: 2 groups');
  expect(words).toContain('convolution width parallelism: 1 pixel');
  expect(words).toContain('bits without a public description: set');
});

test('the two fingerprints people stumble over differ in bit 30 only', () => {
  const [a, b] = ['0x101000016010407', '0x101000056010407'].map((text) => unwrap(decodeFingerprint(text)));
  expect(differenceTo(a!, b!)).toEqual([{ bits: '30', name: 'argmax on save', here: 'off', there: 'on' }]);
  expect(differenceSentence(a!, b!)).toContain('argmax on save (bit 30): off against on');
  expect(differenceTo(a!, a!)).toEqual([]);
  expect(differenceSentence(a!, a!)).toContain('the same DPU');
});

test.each([
  ['DPUCZDX8G_ISA1_B4096', '0x101000016010407'],
  ['DPUCZDX8G_ISA1_B1600', '0x101000016010404'],
  ['DPUCZDX8G_ISA1_B800', '0x101000016010201'],
])('target %s has the published fingerprint %s', (target, fingerprint) => {
  const configuration = unwrap(decodeArchJson(JSON.stringify({ target })));
  expect(configuration.fingerprint).toBe(fingerprint);
  expect(configuration.optionsAssumed).toBe(true);
});

test('every architecture name decodes to itself, ISA0 too', () => {
  for (const name of DPU_ARCHITECTURE_NAMES) {
    const { architecture, isa } = unwrap(decodeTargetName(`DPUCZDX8G_ISA0_${name}`));
    expect([architecture, isa]).toEqual([name, 0]);
  }
});

test.each([
  ['{', 'not JSON'],
  ['[]', 'neither'],
  ['null', 'neither'],
  ['{}', 'neither'],
  ['{"fingerprint":101}', 'quotes'],
  ['{"fingerprint":"0xzz"}', 'not hexadecimal'],
  ['{"fingerprint":""}', 'not hexadecimal'],
  ['{"fingerprint":"0x10101000016010407"}', '64 bits'],
  ['{"fingerprint":"0x201000016010407"}', 'DPU type 2'],
  ['{"fingerprint":"0x101000016010408"}', 'architecture code 8'],
  ['{"target":"DPUCZDX8G_ISA1_B5000"}', 'unknown'],
  ['{"target":"DPUCZDX8G"}', 'unknown'],
  ['{"target":"toaster"}', 'no DPU name'],
  ['{"target":"DPUCADF8H_ISA0"}', 'Alveo with DDR'],
])('%s is refused in one sentence: %s', (text, part) => {
  expect(message(text)).toContain(part);
  expect(message(text)).toMatch(/\.$/);
});

describe('names', () => {
  const parts = (name: string) => unwrap(decodeDpuName(name)).map(({ text }) => text);
  test('DPUCZDX8G and DPUCADF8H split into labelled fields (VT-39)', () => {
    expect(parts('DPUCZDX8G')).toEqual(['DPU', 'C', 'ZD', 'X', '8', 'G']);
    expect(parts('DPUCADF8H')).toEqual(['DPU', 'C', 'AD', 'F', '8', 'H']);
    const meanings = unwrap(decodeDpuName('DPUCZDX8G')).map(({ field, meaning }) => `${field}: ${meaning}`);
    expect(meanings).toEqual([
      'engine: deep-learning processing unit',
      'application: CNN: convolutional networks',
      'platform: Zynq and Zynq UltraScale+ with DDR memory',
      'quantizer: DECENT: power-of-two scales',
      'bit width: 8 bit',
      'design target: general purpose',
    ]);
  });
  test('the other names of Vitis AI are understood', () => {
    for (const name of ['DPUCAHX8H', 'DPUCAHX8L', 'DPUCVDX8G', 'DPUCVDX8H', 'DPUCV2DX8G', 'DPURADR16L'])
      expect(unwrap(decodeDpuName(name)).every(({ meaning }) => meaning !== '')).toBe(true);
    expect(decodeDpuName('DPUX').ok).toBe(false);
  });
});

test('no text throws, and what decodes describes itself', () => {
  const text = fc.oneof(
    fc.string(),
    fc.json(),
    fc.record({ fingerprint: fc.oneof(fc.string(), fc.anything()) }).map((value) => {
      try {
        return JSON.stringify(value) ?? '';
      } catch {
        return '';
      }
    }),
    fc.bigInt({ min: 0n, max: (1n << 66n) - 1n }).map((word) => `{"fingerprint":"0x${word.toString(16)}"}`),
    fc
      .bigInt({ min: 0n, max: (1n << 56n) - 1n })
      .map((word) => `{"fingerprint":"0x${((1n << 56n) | word).toString(16)}"}`),
    fc.string().map((target) => JSON.stringify({ target: `DPUCZDX8G_${target}` })),
  );
  const reference = unwrap(decodeTargetName('DPUCZDX8G_ISA1_B4096'));
  fc.assert(
    fc.property(text, (input) => {
      const result = decodeArchJson(input);
      if (!result.ok) {
        expect(result.error.message.length).toBeLessThan(250);
        return;
      }
      expect(describeConfiguration(result.value).every(({ meaning }) => meaning !== '')).toBe(true);
      const same = result.value.fingerprint === reference.fingerprint;
      expect(differenceTo(result.value, reference).length === 0).toBe(same);
    }),
    { numRuns: 500 },
  );
});

test('another arch.json means another compilation, unless it is the same DPU (VT-43)', () => {
  const dpu = (fingerprint: string) => unwrap(decodeArchJson(JSON.stringify({ fingerprint })));
  const [one, other] = [dpu('0x101000016010407'), dpu('0x101000056010407')];
  expect(differenceSentence(one, one)).toContain('a model compiled for one runs on the other');
  expect(differenceSentence(one, other)).not.toContain('a model compiled for one runs on the other');
});
