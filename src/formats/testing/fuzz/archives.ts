import { unzipSync, zipSync } from 'fflate';
import type { Random } from '../../../core/random.ts';
import { type Hdf5Group, withHdf5, writeHdf5 } from '../../keras/hdf5.ts';
import { damagedBytes } from './bytes.ts';
import { oddText, oneIn, pick } from './draw.ts';
import { damagedJson } from './json.ts';

/** What an .h5 file of ours holds, to be written again with changes. */
export interface Hdf5Seed {
  readonly bytes: Uint8Array;
  readonly content: Hdf5Group;
}

type Texts = Record<string, string | readonly string[]>;
type Tensors = Record<string, { shape: readonly number[]; values: Float32Array }>;

const LISTS = ['layer_names', 'weight_names'];
const TEXTS = ['model_config', 'keras_version', 'backend', 'name'];

/** Reads a file of ours back, to be changed and written again. */
export const hdf5Seed = async (bytes: Uint8Array): Promise<Hdf5Seed> => ({
  bytes,
  content: await withHdf5(bytes, 'seed', (file) => {
    const groupAt = (path: string): Hdf5Group => {
      const attributes: Texts = {};
      const groups: Record<string, Hdf5Group> = {};
      const datasets: Tensors = {};
      for (const name of LISTS) attributes[name] = file.texts(path, name) ?? [];
      for (const name of LISTS) if (file.texts(path, name) === null) delete attributes[name];
      for (const name of TEXTS) {
        const text = file.text(path, name);
        if (text !== null) attributes[name] = text;
      }
      for (const name of file.members(path) ?? []) {
        const inner = `${path === '/' ? '' : path}/${name}`;
        const tensor = file.tensor(inner);
        if (tensor) datasets[name] = { shape: tensor.shape, values: tensor.read() };
        else groups[name] = groupAt(inner);
      }
      return { attributes, groups, datasets };
    };
    return groupAt('/');
  }),
});

const BROKEN_NUMBERS = [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];

function damagedGroup(group: Hdf5Group, random: Random): void {
  const {
    attributes = {},
    groups = {},
    datasets = {},
  } = group as { attributes?: Texts; groups?: Record<string, Hdf5Group>; datasets?: Tensors };
  const inner = Object.keys(groups);
  if (inner.length > 0 && !oneIn(4, random)) {
    damagedGroup(groups[pick(inner, random)] as Hdf5Group, random);
    return;
  }
  const names = [...Object.keys(attributes), ...inner, ...Object.keys(datasets)];
  if (names.length === 0) return;
  const name = pick(names, random);
  const attribute = attributes[name];
  const dataset = datasets[name];
  if (oneIn(5, random)) {
    delete attributes[name];
    delete groups[name];
    delete datasets[name];
  } else if (Array.isArray(attribute) && attribute.length > 0)
    attributes[name] = attribute.map((text: string) =>
      oneIn(3, random) ? oddText(random).replaceAll('\u0000', '') : text,
    );
  else if (typeof attribute === 'string') attributes[name] = oddText(random).replaceAll('\u0000', '');
  else if (dataset) {
    const values = dataset.values.slice();
    values[random.integer(values.length)] = pick(BROKEN_NUMBERS, random);
    datasets[name] = oneIn(3, random) ? { shape: [values.length], values } : { shape: dataset.shape, values };
  } else if (groups[name]) groups[`${name}_`] = groups[name];
}

/** Damaged bytes, a damaged configuration in a whole file, or a whole file with members missing or exchanged. */
export async function damagedHdf5(
  { bytes, content }: Hdf5Seed,
  random: Random,
  other: Uint8Array,
): Promise<Uint8Array> {
  const way = random.integer(10);
  if (way < 6) return damagedBytes(bytes, random, other);
  const copy = structuredClone(content) as { attributes: Texts };
  if (way < 9 && typeof copy.attributes.model_config === 'string')
    copy.attributes.model_config = damagedJson(JSON.parse(copy.attributes.model_config), random).replaceAll(
      '\u0000',
      ' ',
    );
  else for (let round = random.integer(3); round >= 0; round--) damagedGroup(copy, random);
  return writeHdf5(copy);
}

/** An archive whose members are damaged and packed again, or that is damaged as a whole. */
export async function damagedArchive(
  bytes: Uint8Array,
  weights: Hdf5Seed,
  random: Random,
  other: Uint8Array,
): Promise<Uint8Array> {
  const way = random.integer(10);
  if (way < 3) return damagedBytes(bytes, random, other);
  const members: Record<string, Uint8Array> = { ...unzipSync(bytes) };
  const config = 'config.json';
  const stored = 'model.weights.h5';
  const parsed: unknown = JSON.parse(new TextDecoder().decode(members[config]));
  if (way < 7) members[config] = new TextEncoder().encode(damagedJson(parsed, random));
  else if (way === 7) members[config] = damagedBytes(members[config] as Uint8Array, random);
  else if (way === 8) members[stored] = await damagedHdf5(weights, random, other);
  else {
    const name = pick(Object.keys(members), random);
    const member = members[name] as Uint8Array;
    const change = random.integer(4);
    if (change === 0) delete members[name];
    else if (change === 1) members[name] = new Uint8Array(0);
    else if (change === 2) members[oddText(random).slice(0, 1000) || 'x'] = member;
    else for (let i = 0; i < 2000; i++) members[`${i}/${name}`] = member.subarray(0, 4);
  }
  const written = zipSync(members, { level: pick([0, 1, 6], random) as 0 | 1 | 6 });
  return oneIn(6, random) ? damagedBytes(written, random, other) : written;
}
