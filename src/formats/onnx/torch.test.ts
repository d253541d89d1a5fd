import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { unwrap } from '../../core/result.ts';
import { readOnnx } from './readOnnx.ts';
import { expectClose, ourOutput } from './testing/judge.ts';

const PYTHON = '/usr/bin/python3';
const hasTorch = spawnSync(PYTHON, ['-c', 'import torch, onnx']).status === 0;
if (!hasTorch) console.info(`${PYTHON} has no torch and onnx: what PyTorch exports is not compared.`);

test.skipIf(!hasTorch)(
  'what PyTorch exports computes what PyTorch computes (skipped without torch)',
  async () => {
    const folder = mkdtempSync(join(tmpdir(), 'sweetspot-torch-'));
    try {
      const made = spawnSync(PYTHON, [join(import.meta.dirname, 'testing/torch_nets.py'), folder], {
        encoding: 'utf8',
      });
      expect(made.status, made.stderr).toBe(0);
      const files = readdirSync(folder).filter((name) => name.endsWith('.onnx'));
      expect(files).toHaveLength(16);
      for (const file of files) {
        const { network, weights } = unwrap(await readOnnx(readFileSync(join(folder, file)), file));
        const judged: { image: number[]; output: number[] } = JSON.parse(
          readFileSync(join(folder, file.replace('.onnx', '.json')), 'utf8'),
        );
        try {
          const found = ourOutput(network, weights ?? {}, Float64Array.from(judged.image));
          expectClose(found, judged.output, 1e-4);
        } catch (error) {
          throw new Error(`${file}: ${error}`);
        }
      }
    } finally {
      rmSync(folder, { recursive: true });
    }
  },
  60_000,
);
