import { defaultDesign } from '../../../core/exploration/defaultDesign.ts';
import { createRandom, type Random } from '../../../core/random.ts';
import { ok, type Result, unwrap } from '../../../core/result.ts';
import { decodeLink, encodeLink } from '../../design/link.ts';
import { parseDesign } from '../../design/parse.ts';
import { foldingConfigText, readFoldingConfig } from '../../finn/foldingConfig.ts';
import { readSpecializeLayers, writeSpecializeLayers } from '../../finn/specializeLayers.ts';
import { writeKeras, writeKerasJson } from '../../keras/writeKeras.ts';
import { writeKeras3 } from '../../keras/writeKeras3.ts';
import { type OpenedFile, openFiles } from '../../model/openFile.ts';
import type { ModelFile } from '../../model/readModel.ts';
import { finnGraphBytes } from '../../onnx/testing/finnGraph.ts';
import { writeOnnx } from '../../onnx/writeOnnx.ts';
import { writeQonnx } from '../../onnx/writeQonnx.ts';
import { writeLayerTable } from '../../tables/layerTable.ts';
import { writeScaleSim } from '../../tables/scaleSim.ts';
import { writeTfjs } from '../../tfjs/writeTfjs.ts';
import { damagedArchive, damagedHdf5, hdf5Seed } from './archives.ts';
import { damagedBytes } from './bytes.ts';
import { oneIn, pick } from './draw.ts';
import { damagedJson } from './json.ts';
import { damagedMessages } from './messages.ts';
import { CAFFE, FINN_RECORDS, finnNodes, seedDesign, seedNetworks, seedWeights } from './seeds.ts';
import { damagedText } from './text.ts';

type Opened = Promise<Result<OpenedFile | null>>;

/** A damaged file, and the program's way to open it. */
export interface FuzzCase {
  readonly files: readonly ModelFile[];
  open(): Opened;
}

/** Makes damaged files; the same random numbers make the same file. `whole` are files without damage. */
export interface Fuzzer {
  readonly whole: readonly FuzzCase[];
  damaged(random: Random): Promise<FuzzCase>;
}

const encoder = new TextEncoder();
const asFile = (name: string, ...all: readonly Uint8Array[]): FuzzCase => {
  const files = all.map((bytes, i) => ({ name: i === 0 ? name : `shard${i}.bin`, bytes }));
  return { files, open: () => openFiles(files) };
};
const asText = (name: string, text: string): FuzzCase => asFile(name, encoder.encode(text));

/** Files that are bytes to whoever damages them. */
function ofBytes(
  name: string,
  seeds: readonly Uint8Array[],
  damage: (seed: Uint8Array, random: Random, other: Uint8Array) => Uint8Array | Promise<Uint8Array>,
): Fuzzer {
  return {
    whole: seeds.map((seed) => asFile(name, seed)),
    damaged: async (random) => asFile(name, await damage(pick(seeds, random), random, pick(seeds, random))),
  };
}

const ofText = (name: string, seeds: readonly string[], whole = seeds): Fuzzer => ({
  whole: whole.map((seed) => asText(name, seed)),
  damaged: async (random) =>
    oneIn(5, random)
      ? asFile(name, damagedBytes(encoder.encode(pick(seeds, random)), random))
      : asText(name, damagedText(pick(seeds, random), random)),
});

/** Texts that another function than `openFiles` reads. */
function ofOwnReader(
  seeds: readonly string[],
  damage: (seed: string, random: Random) => string,
  read: (text: string) => Result<unknown>,
): Fuzzer {
  const asCase = (text: string): FuzzCase => ({
    files: [{ name: 'file', bytes: encoder.encode(text) }],
    open: async () => {
      const result = read(text);
      return result.ok ? ok(null) : result;
    },
  });
  return {
    whole: seeds.map(asCase),
    damaged: async (random) => asCase(damage(pick(seeds, random), random)),
  };
}

const damagedSource = (seed: string, random: Random): string => damagedJson(JSON.parse(seed), random);

const written = async (
  write: (network: ReturnType<typeof seedNetworks>[number]) => Promise<Result<Uint8Array>>,
): Promise<readonly Uint8Array[]> =>
  Promise.all(seedNetworks().map(async (network) => unwrap(await write(network))));

/** Those that TensorFlow.js has all layers for. */
const tfjsNetworks = () => seedNetworks().filter(({ name }) => name !== 'gated');

async function tfjs(): Promise<Fuzzer> {
  const seeds = await Promise.all(
    tfjsNetworks().map(async (network) => unwrap(await writeTfjs(network, seedWeights(network), 1500))),
  );
  const named = (files: readonly ModelFile[]): FuzzCase => ({ files, open: () => openFiles(files) });
  return {
    whole: seeds.map(named),
    damaged: async (random) => {
      const files = [...pick(seeds, random)];
      const [model, ...shards] = files as [ModelFile, ...ModelFile[]];
      const change = random.integer(10);
      if (change < 7) {
        const text = damagedJson(JSON.parse(new TextDecoder().decode(model.bytes)), random);
        return named([{ name: model.name, bytes: encoder.encode(text) }, ...shards]);
      }
      const at = random.integer(files.length);
      const hit = files[at] as ModelFile;
      if (change === 7) files.splice(at, 1);
      else if (change === 8) files[at] = { name: hit.name, bytes: damagedBytes(hit.bytes, random) };
      else files[at] = { name: hit.name, bytes: (files[random.integer(files.length)] as ModelFile).bytes };
      return named(files);
    },
  };
}

/** By the name that `--format` takes. */
export const FUZZERS: Readonly<Record<string, () => Promise<Fuzzer>>> = {
  h5: async () => {
    const seeds = await written((network) => writeKeras(network, seedWeights(network)));
    const stored = await Promise.all(seeds.map(hdf5Seed));
    return {
      whole: seeds.map((seed) => asFile('model.h5', seed)),
      damaged: async (random) =>
        asFile('model.h5', await damagedHdf5(pick(stored, random), random, pick(seeds, random))),
    };
  },
  keras: async () => {
    const seeds = await written((network) => writeKeras3(network, seedWeights(network)));
    const { unzipSync } = await import('fflate');
    const inner = await Promise.all(
      seeds.map((seed) => hdf5Seed(unzipSync(seed)['model.weights.h5'] as Uint8Array)),
    );
    return ofBytes('model.keras', seeds, (seed, random, other) =>
      damagedArchive(seed, inner[seeds.indexOf(seed)] as (typeof inner)[number], random, other),
    );
  },
  'keras-json': async () => {
    const two = await written((network) => writeKerasJson(network, 2));
    const three = await written((network) => writeKerasJson(network, 3));
    const seeds = [...two, ...three];
    return ofBytes('model.json', seeds, (seed, random) =>
      encoder.encode(damagedSource(new TextDecoder().decode(seed), random)),
    );
  },
  tfjs,
  onnx: async () => {
    const plain = await written((network) => writeOnnx(network, seedWeights(network)));
    const deployed = await written((network) => writeOnnx(network, seedWeights(network), { deployed: true }));
    return ofBytes('model.onnx', [...plain, ...deployed], damagedMessages);
  },
  qonnx: async () => {
    const seeds = await written((network) =>
      writeQonnx(network, seedWeights(network), { weightBits: 3, activationBits: 2 }),
    );
    return ofBytes('model.onnx', seeds, damagedMessages);
  },
  'finn-graph': async () => ofBytes('graph.onnx', [await finnGraphBytes(FINN_RECORDS)], damagedMessages),
  caffe: async () => ofText('net.prototxt', [CAFFE]),
  'scale-sim': async () =>
    ofText(
      'net.csv',
      seedNetworks()
        .filter((_, i) => i !== 1)
        .map(writeScaleSim),
    ),
  table: async () => ofText('layers.csv', seedNetworks().map(writeLayerTable)),
  design: async () => {
    const seeds = [JSON.stringify(defaultDesign()), JSON.stringify(seedDesign())];
    return ofBytes(
      'design.json',
      seeds.map((seed) => encoder.encode(seed)),
      (seed, random) => encoder.encode(damagedSource(new TextDecoder().decode(seed), random)),
    );
  },
  link: async () => {
    const designs = [defaultDesign(), unwrap(parseDesign(seedDesign()))];
    // a damaged document in a whole link, or a damaged link
    return ofOwnReader(
      designs.map(encodeLink),
      (seed, random) =>
        oneIn(2, random)
          ? damagedText(seed, random)
          : encodeLink({ ...pick(designs, random), ...(oddObject(random) as object) }),
      decodeLink,
    );
  },
  'folding-config': async () => {
    const nodes = finnNodes();
    return ofOwnReader([foldingConfigText(nodes)], damagedSource, (text) =>
      readFoldingConfig(text, nodes, 'folding.json'),
    );
  },
  'specialize-layers': async () => {
    const nodes = finnNodes();
    return ofOwnReader([writeSpecializeLayers(nodes)], damagedSource, (text) =>
      readSpecializeLayers(text, nodes, 'specialize.json'),
    );
  },
};

/** Fields of a damaged design, as far as JSON holds them. */
function oddObject(random: Random): unknown {
  for (;;) {
    try {
      const parsed: unknown = JSON.parse(damagedJson(seedDesign(), random));
      // encodeLink is not under test: what it can't write is drawn again
      JSON.stringify(parsed);
      return typeof parsed === 'object' ? parsed : {};
    } catch {}
  }
}

/** The random numbers of case number `index` of a format: reproducible one by one. */
export const randomOf = (seed: number, index: number): Random => createRandom((seed * 1_000_003 + index) | 0);
