import { deflateSync } from 'node:zlib';
import { crc32 } from '../src/formats/crc32.ts';

const SIDE = 24;

function chunk(kind: string, data: Uint8Array): Buffer {
  const body = Buffer.concat([Buffer.from(kind, 'latin1'), data]);
  const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(data.length);
  sum.writeUInt32BE(crc32(body) >>> 0);
  return Buffer.concat([length, body, sum]);
}

/** A square PNG of one color with a brighter corner. */
export function png(red: number, green: number, blue: number, side = SIDE): Uint8Array {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(side, 0);
  header.writeUInt32BE(side, 4);
  header.set([8, 2, 0, 0, 0], 8);
  const rows = Buffer.alloc(side * (1 + 3 * side));
  for (let y = 0; y < side; y++)
    for (let x = 0; x < side; x++) {
      const bright = x + y < 10 ? 60 : 0;
      rows.set([red + bright, green + bright, blue + bright], y * (1 + 3 * side) + 1 + 3 * x);
    }
  const start = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  return Buffer.concat([
    start,
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(rows)),
    chunk('IEND', new Uint8Array()),
  ]);
}

/** Ten pictures of apples, limes and plums each, by path. */
export function fruit(): Record<string, Uint8Array> {
  const files: Record<string, Uint8Array> = {};
  for (let i = 0; i < 10; i++) {
    files[`fruit/Apple/${i}.png`] = png(150 + 3 * i, 20, 20);
    files[`fruit/Lime/${i}.png`] = png(30, 140 + 3 * i, 40);
    files[`fruit/Plum/${i}.png`] = png(80, 20, 120 + 3 * i);
  }
  return files;
}

/** More of it, in part under other names: five apples, seven limes. */
export function moreFruit(): Record<string, Uint8Array> {
  const files: Record<string, Uint8Array> = {};
  for (let i = 0; i < 5; i++) files[`more/red apples/${i}.png`] = png(160 + 3 * i, 30, 25);
  for (let i = 0; i < 7; i++) files[`more/Lime/${i}.png`] = png(35, 130 + 3 * i, 45);
  return files;
}
