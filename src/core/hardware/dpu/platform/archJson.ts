import { fail, ok, type Result } from '../../../result.ts';
import type { DpuArchitectureName } from '../../targets.ts';
import { DPU_ARCHITECTURE_NAMES, dpuArchitecture } from '../architectures.ts';
import { decodeDpuName } from './dpuName.ts';

/** What an arch.json says of a DPUCZDX8G (dpu.md, section 2; Vitis-AI target factory). */
export interface DpuConfiguration {
  /** 16 hexadecimal digits at most, `0x` in front. */
  readonly fingerprint: string;
  /** True where the file named a target: the options are then the recommended ones of its architecture. */
  readonly optionsAssumed: boolean;
  readonly isa: number;
  readonly architecture: DpuArchitectureName;
  /** Pixels the ALU computes at once. */
  readonly aluPixelParallelism: number;
  /** 2 = "RAM usage low", 3 = "high". */
  readonly bankGroups: number;
  readonly channelAugmentation: boolean;
  readonly convolutionLeakyRelu: boolean;
  readonly depthwiseLeakyRelu: boolean;
  readonly argmaxOnSave: boolean;
  /** Pixels along the width computed at once; 1 = all pixels lie along the height. */
  readonly convolutionWidthParallelism: number;
  readonly aluWidthParallelism: number;
}

export interface FingerprintField {
  /** "30" or "8-11" */
  readonly bits: string;
  readonly name: string;
  /** The field in words. */
  readonly meaning: string;
}

interface FieldRule {
  readonly from: number;
  readonly to: number;
  readonly name: string;
  readonly words: (value: number) => string;
}

const count = (value: number, unit: string): string => `${value} ${unit}${value === 1 ? '' : 's'}`;
const onOff = (value: number): string => (value === 1 ? 'on' : 'off');

const TYPE_DPUCZDX8G = 1;
const architectureOf = (code: number): DpuArchitectureName | undefined => DPU_ARCHITECTURE_NAMES[code];

const FIELDS: readonly FieldRule[] = [
  {
    from: 56,
    to: 63,
    name: 'type',
    words: (v) => (v === TYPE_DPUCZDX8G ? 'DPUCZDX8G' : `unknown type ${v}`),
  },
  { from: 48, to: 55, name: 'instruction set', words: (v) => `ISA${v}` },
  { from: 0, to: 3, name: 'architecture', words: (v) => architectureOf(v) ?? `unknown architecture ${v}` },
  { from: 8, to: 11, name: 'ALU pixel parallelism', words: (v) => count(v, 'pixel') },
  { from: 24, to: 25, name: 'feature-map bank groups', words: (v) => count(v, 'group') },
  { from: 26, to: 26, name: 'channel augmentation', words: onOff },
  { from: 28, to: 28, name: 'leaky ReLU after convolutions', words: onOff },
  { from: 29, to: 29, name: 'leaky ReLU after depthwise convolutions', words: onOff },
  { from: 30, to: 30, name: 'argmax on save', words: onOff },
  { from: 32, to: 33, name: 'convolution width parallelism', words: (v) => count(2 ** v, 'pixel') },
  { from: 34, to: 35, name: 'ALU width parallelism', words: (v) => count(2 ** v, 'pixel') },
];

/** The bits that no public source describes. */
const UNDESCRIBED: readonly number[] = Array.from({ length: 64 }, (_, bit) => bit).filter(
  (bit) => !FIELDS.some(({ from, to }) => from <= bit && bit <= to),
);

const bitsOf = (word: bigint, from: number, to: number): number =>
  Number((word >> BigInt(from)) & ((1n << BigInt(to - from + 1)) - 1n));
const hex = (word: bigint): string => `0x${word.toString(16)}`;
const wordOf = (configuration: DpuConfiguration): bigint => BigInt(configuration.fingerprint);

const shown = (value: unknown): string => {
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 40 ? `${text.slice(0, 40)}…` : text;
};

/** Decodes a fingerprint such as 0x101000016010407. */
export function decodeFingerprint(fingerprint: string): Result<DpuConfiguration> {
  const digits = /^(?:0x)?([0-9a-f]+)$/i.exec(fingerprint.trim())?.[1];
  if (digits === undefined)
    return fail(
      'fingerprint',
      `The fingerprint ${shown(fingerprint)} is not hexadecimal; it looks like 0x101000016010407.`,
    );
  const word = BigInt(`0x${digits}`);
  if (word >= 1n << 64n)
    return fail(
      'fingerprint',
      `The fingerprint ${shown(fingerprint)} has more than 64 bits; copy it once more.`,
    );
  const type = bitsOf(word, 56, 63);
  if (type !== TYPE_DPUCZDX8G)
    return fail(
      'fingerprint-type',
      `The fingerprint ${hex(word)} is of DPU type ${type}; only type ${TYPE_DPUCZDX8G}, DPUCZDX8G, is known here.`,
    );
  const code = bitsOf(word, 0, 3);
  const architecture = architectureOf(code);
  if (architecture === undefined)
    return fail(
      'fingerprint-architecture',
      `The fingerprint ${hex(word)} has architecture code ${code}; known are 0 (B512) to 7 (B4096).`,
    );
  const flag = (bit: number) => bitsOf(word, bit, bit) === 1;
  return ok({
    fingerprint: hex(word),
    optionsAssumed: false,
    isa: bitsOf(word, 48, 55),
    architecture,
    aluPixelParallelism: bitsOf(word, 8, 11),
    bankGroups: bitsOf(word, 24, 25),
    channelAugmentation: flag(26),
    convolutionLeakyRelu: flag(28),
    depthwiseLeakyRelu: flag(29),
    argmaxOnSave: flag(30),
    convolutionWidthParallelism: 2 ** bitsOf(word, 32, 33),
    aluWidthParallelism: 2 ** bitsOf(word, 34, 35),
  });
}

/** The options of every published fingerprint: 2 bank groups, augmentation, leaky ReLU, and the undescribed bit 16. */
const RECOMMENDED = 0x16010000n;

/** Decodes a target name such as DPUCZDX8G_ISA1_B4096, with the recommended options of its architecture. */
export function decodeTargetName(target: string): Result<DpuConfiguration> {
  const [name = '', isa = '', size = ''] = target.trim().toUpperCase().split('_');
  const decoded = decodeDpuName(name);
  if (!decoded.ok) return decoded;
  if (name !== 'DPUCZDX8G') {
    const platform = decoded.value.find((part) => part.field === 'platform')?.meaning ?? '';
    return fail('target-family', `${shown(target)} is a DPU for ${platform}; only DPUCZDX8G is known here.`);
  }
  const version = /^ISA(\d{1,2})$/.exec(isa)?.[1];
  const code = (DPU_ARCHITECTURE_NAMES as readonly string[]).indexOf(size);
  const architecture = architectureOf(code);
  if (version === undefined || architecture === undefined)
    return fail(
      'target-name',
      `The target ${shown(target)} is unknown; write it like DPUCZDX8G_ISA1_B4096, with one of ${DPU_ARCHITECTURE_NAMES.join(', ')}.`,
    );
  const alu = BigInt(dpuArchitecture(architecture).aluPixelParallelism);
  const word =
    (BigInt(TYPE_DPUCZDX8G) << 56n) | (BigInt(version) << 48n) | RECOMMENDED | (alu << 8n) | BigInt(code);
  const configuration = decodeFingerprint(hex(word));
  return configuration.ok ? ok({ ...configuration.value, optionsAssumed: true }) : configuration;
}

/** Reads the text of an arch.json: `{"fingerprint":"0x101000016010407"}` or `{"target":"DPUCZDX8G_ISA1_B4096"}`. */
export function decodeArchJson(text: string): Result<DpuConfiguration> {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    return fail(
      'arch-json',
      'This arch.json is not JSON; it looks like {"fingerprint":"0x101000016010407"}.',
    );
  }
  const entries: Readonly<Record<string, unknown>> =
    typeof parsed === 'object' && parsed !== null ? { ...parsed } : {};
  for (const [key, decode] of [
    ['fingerprint', decodeFingerprint],
    ['target', decodeTargetName],
  ] as const) {
    if (!Object.hasOwn(entries, key)) continue;
    const value = entries[key];
    return typeof value === 'string'
      ? decode(value)
      : fail('arch-json', `The ${key} of this arch.json is ${shown(value)}; put it in quotes.`, key);
  }
  return fail('arch-json', 'This arch.json has neither "fingerprint" nor "target"; add one of them.');
}

/** Every field in words, the undescribed bits that are set as the last. */
export function describeConfiguration(configuration: DpuConfiguration): readonly FingerprintField[] {
  const word = wordOf(configuration);
  const fields = FIELDS.map(({ from, to, name, words }) => ({
    bits: from === to ? `${from}` : `${from}-${to}`,
    name,
    meaning: words(bitsOf(word, from, to)),
  }));
  const set = UNDESCRIBED.filter((bit) => bitsOf(word, bit, bit) === 1);
  return set.length === 0
    ? fields
    : [...fields, { bits: set.join(', '), name: 'bits without a public description', meaning: 'set' }];
}

export interface ConfigurationDifference {
  readonly bits: string;
  readonly name: string;
  readonly here: string;
  readonly there: string;
}

/** The fields in which two DPUs differ; empty where a model compiled for one runs on the other. */
export function differenceTo(
  configuration: DpuConfiguration,
  target: DpuConfiguration,
): readonly ConfigurationDifference[] {
  const [here, there] = [wordOf(configuration), wordOf(target)];
  const found: ConfigurationDifference[] = [];
  for (const { from, to, name, words } of FIELDS) {
    const [a, b] = [bitsOf(here, from, to), bitsOf(there, from, to)];
    if (a !== b)
      found.push({ bits: from === to ? `${from}` : `${from}-${to}`, name, here: words(a), there: words(b) });
  }
  for (const bit of UNDESCRIBED) {
    const [a, b] = [bitsOf(here, bit, bit), bitsOf(there, bit, bit)];
    if (a !== b)
      found.push({ bits: `${bit}`, name: 'a bit without a public description', here: `${a}`, there: `${b}` });
  }
  return found;
}

/** {@link differenceTo} in one sentence, for the people who get "fingerprint mismatch" on their board. */
export function differenceSentence(configuration: DpuConfiguration, target: DpuConfiguration): string {
  const differences = differenceTo(configuration, target);
  const pair = `${configuration.fingerprint} and ${target.fingerprint}`;
  if (differences.length === 0)
    return `${pair} are the same DPU: a model compiled for one runs on the other.`;
  const list = differences.map(
    ({ bits, name, here, there }) =>
      `${name} (bit${/\D/.test(bits) ? 's' : ''} ${bits}): ${here} against ${there}`,
  );
  return `${pair} differ in ${list.join('; ')}. Compile the model again with the board's arch.json.`;
}
