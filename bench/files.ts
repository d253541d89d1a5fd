import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { NetworkBuilder } from '../src/core/network/builder.ts';
import type { Network, Weights } from '../src/core/network/network.ts';
import { unwrap } from '../src/core/result.ts';
import { expectedShapes } from '../src/formats/keras/conversion.ts';
import { openFiles } from '../src/formats/model/openFile.ts';
import { type ModelFormat, writeModelFiles } from '../src/formats/model/writeModel.ts';

/** About 25 million weights, 100 MB: convolutions as in a VGG, and a dense layer with two thirds of them. */
export function largeNetwork(): Network {
  const b = new NetworkBuilder('25 million weights', { height: 32, width: 32, channels: 3 });
  for (const filters of [64, 128, 256, 512]) {
    b.convBlock(filters, 3);
    b.convBlock(filters, 3);
    b.maxPool(2);
  }
  b.flatten();
  b.dense(2000);
  b.relu();
  b.dense(1000);
  b.relu();
  b.dense(6000);
  b.relu();
  b.dense(1310);
  b.softmax();
  return b.build();
}

export function largeWeights(network: Network): Weights {
  const shapes = [...expectedShapes(network).shapes];
  return Object.fromEntries(
    shapes.map(([key, shape]) => {
      const values = new Float32Array(shape.reduce((a, b) => a * b, 1));
      for (let i = 0; i < values.length; i++) values[i] = 0.01 + ((i * 7919) % 1000) / 1e5;
      return [key, { shape, values }];
    }),
  );
}

const FORMATS: readonly ModelFormat[] = ['keras-h5', 'keras', 'tfjs', 'onnx'];

/** Files of the large network in a folder of their own, a folder a format. They stay until the caller removes them. */
export async function writeLargeFiles(folder: string): Promise<void> {
  const network = largeNetwork();
  const weights = largeWeights(network);
  const bits = { weightBits: 8, activationBits: 8, layerBits: {} };
  for (const format of FORMATS) {
    const { files } = unwrap(await writeModelFiles(format, network, weights, { bits, deployed: false }));
    for (const { name, bytes } of files) writeFileSync(join(folder, `${format}--${name}`), bytes);
  }
}

interface Reading {
  readonly megabytes: number;
  readonly milliseconds: number;
  readonly megabytesPerSecond: number;
  /** How much the process had grown at most while it read, its file in memory not counted. */
  readonly peakMegabytes: number;
}

/** Reads one format's files in this process, which should have done nothing else: its peak can't be told apart. */
async function readOnce(folder: string, format: string): Promise<Reading> {
  const files = readdirSync(folder)
    .filter((name) => name.startsWith(`${format}--`))
    .map((name) => {
      const { buffer, byteOffset, byteLength } = readFileSync(join(folder, name));
      return { name: name.slice(format.length + 2), bytes: new Uint8Array(buffer, byteOffset, byteLength) };
    });
  const size = files.reduce((sum, { bytes }) => sum + bytes.length, 0);
  const before = process.memoryUsage.rss();
  const started = performance.now();
  const opened = unwrap(await openFiles(files));
  const milliseconds = performance.now() - started;
  if (opened.kind !== 'network' || !opened.model.weights) throw new Error(`${format} was not read whole`);
  return {
    megabytes: Math.round(size / 1e6),
    milliseconds: Math.round(milliseconds),
    megabytesPerSecond: Math.round(size / 1e3 / milliseconds),
    peakMegabytes: Math.round((process.resourceUsage().maxRSS * 1024 - before) / 1e6),
  };
}

/** Time and memory of reading 100 MB in each format, in a fresh process each. */
export async function measureFiles(): Promise<Record<string, Reading>> {
  const folder = mkdtempSync(join(tmpdir(), 'sweetspot-bench-'));
  const inProcess = (...args: string[]) => {
    const command = [...process.execArgv, join(import.meta.dirname, 'files.ts'), ...args];
    const child = spawnSync(process.execPath, command, { encoding: 'utf8' });
    if (child.status !== 0) throw new Error(child.stderr);
    return child.stdout;
  };
  try {
    inProcess('write', folder);
    return Object.fromEntries(
      FORMATS.map((format) => [format, JSON.parse(inProcess('read', folder, format))]),
    );
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const [task, folder = '', format = ''] = process.argv.slice(2);
if (process.argv[1] === import.meta.filename) {
  if (task === 'write') await writeLargeFiles(folder);
  else if (task === 'read') console.log(JSON.stringify(await readOnce(folder, format)));
  else console.log(await measureFiles());
}
