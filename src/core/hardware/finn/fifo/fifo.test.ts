import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { NetworkBuilder } from '../../../network/builder.ts';
import type { Network } from '../../../network/network.ts';
import { presetById } from '../../../network/presets.ts';
import { unwrap } from '../../../result.ts';
import { foldNetwork } from '../foldNetwork.ts';
import type { FinnNode } from '../nodes.ts';
import { cyclesOf } from '../operators.ts';
import { CNV_DEFAULT_FOLDING } from '../publishedFoldings.ts';
import { depthStudy, safeDepths } from './safeDepths.ts';
import { type FifoOptions, runToEnd, simulatePipeline } from './simulate.ts';

function folded(network: Network, targetCycles: number, bits = 2, foldings = {}): readonly FinnNode[] {
  const options = { foldings, targetCycles, weightBits: bits, activationBits: bits };
  return unwrap(foldNetwork(network, options)).nodes;
}

function preset(id: string): Network {
  const { build, input } = presetById(id)!;
  return build(input, 10);
}

const simulate = (nodes: readonly FinnNode[], options: FifoOptions = {}) =>
  runToEnd(simulatePipeline(nodes, options));

const slowestOf = (nodes: readonly FinnNode[]) => Math.max(...nodes.map(cyclesOf));

const cnv = folded(preset('cnv'), 32768, 1, CNV_DEFAULT_FOLDING);

function residual(): Network {
  const b = new NetworkBuilder('residual', { height: 8, width: 8, channels: 4 });
  const entry = b.convBlock(4, 3);
  b.convBlock(4, 3, {}, entry);
  const branch = b.convBlock(4, 3, { activation: 'none' });
  b.add(branch, entry);
  b.relu();
  b.globalAveragePool();
  b.dense(3);
  return b.build();
}

describe('CNV-W1A1 with the published folding', () => {
  const ample = simulate(cnv, { defaultDepth: 'ample' });

  test('runs at the clock over the slowest node when no FIFO is ever full', () => {
    expect(slowestOf(cnv)).toBe(32768);
    expect(Math.abs(ample.cyclesPerFrame / 32768 - 1)).toBeLessThan(0.01);
    expect(ample.frameEnds[3]! - ample.frameEnds[2]!).toBe(32768);
    expect(ample.deadlock).toBeNull();
  });

  test('takes (N - 1) times the slowest node, and once the fill, for N frames', () => {
    const { fillCycles } = ample;
    for (const frames of [2, 7]) {
      const { totalCycles } = simulate(cnv, { defaultDepth: 'ample', frames });
      expect(Math.abs(totalCycles / ((frames - 1) * 32768 + fillCycles) - 1)).toBeLessThan(0.001);
    }
    // Nodes overlap: less than FINN's sum along the longest path, more than the slowest node alone.
    const sum = cnv.reduce((total, node) => total + cyclesOf(node), 0);
    expect(fillCycles).toBeGreaterThan(32768);
    expect(fillCycles).toBeLessThan(sum);
  });

  test('loses throughput as FIFOs shrink, about linearly, and none once they are deep enough (BO-42)', () => {
    const depths = [2, 55, 105, 155, 205, 255, 305, 355, 405, 455, 515, 600];
    const { points, saturationDepth, maxCycles } = runToEnd(depthStudy(cnv, depths));
    const cycles = points.map((point) => point.cyclesPerFrame);
    for (const [i, count] of cycles.slice(1).entries()) expect(count).toBeLessThanOrEqual(cycles[i]!);
    expect(cycles[0]!).toBeGreaterThan(1.5 * maxCycles);
    // The first dense layer's 512 words come in while the second one still works on the frame before.
    expect(saturationDepth).toBe(515);
    expect(cycles.slice(-2)).toEqual([maxCycles, maxCycles]);
    // fc1 writes a word every 64 cycles: so much does each word of depth save.
    expect((cycles[1]! - cycles[9]!) / (455 - 55)).toBeCloseTo(64, 6);
  });

  test('is as fast with sized FIFOs as with unlimited ones, for fewer bits than a uniform depth (BO-43)', () => {
    const { result, ample: unlimited, bits, uniformBits } = runToEnd(safeDepths(cnv));
    expect(result.cyclesPerFrame).toBe(unlimited.cyclesPerFrame);
    expect(bits).toBeLessThan(uniformBits / 5);
    for (const edge of result.edges) expect(edge.maxOccupancy).toBeLessThanOrEqual(edge.depth);
  });

  test('says where cycles go: at depth 2 fc1 waits for room behind it, its successors for words', () => {
    const { nodes, cyclesPerFrame } = simulate(cnv);
    const stalls = (name: string) => nodes.find((node) => node.name === name)!;
    const fc1 = stalls('MVAU_hls_6');
    expect(fc1.blocked).toBeGreaterThan(10000);
    expect(fc1.cycles + fc1.starved + fc1.blocked).toBeCloseTo(cyclesPerFrame, 6);
    expect(stalls('LabelSelect_hls_0').starved).toBeCloseTo(cyclesPerFrame - 10, 6);
    for (const { cycles, starved, blocked } of nodes)
      expect(cycles + starved + blocked).toBeLessThan(1.1 * cyclesPerFrame);
  });

  test('pauses so that a worker can give up', () => {
    let pauses = 0;
    const generator = simulatePipeline(cnv, { defaultDepth: 'ample' });
    while (!generator.next().done) pauses++;
    expect(pauses).toBeGreaterThan(2);
  });
});

describe('a shortcut whose FIFO is too shallow', () => {
  test('stops the pipeline, and the edge is named with the depth it needs', () => {
    const nodes = folded(residual(), 2000);
    const { deadlock, cyclesPerFrame } = simulate(nodes, { defaultDepth: 32 });
    expect(cyclesPerFrame).toBe(Number.POSITIVE_INFINITY);
    expect(deadlock?.edge).toBe('DuplicateStreams_hls_0->AddStreams_hls_0');
    const needed = deadlock!.needed;
    expect(deadlock?.sentence).toBe(
      `The shortcut FIFO from relu1 fork to add1 holds 32 words and needs ${needed}.`,
    );
    const at = (depth: number) => simulate(nodes, { depths: { [deadlock!.edge]: depth } }).deadlock;
    expect(at(needed)).toBeNull();
    expect(at(needed - 1)?.edge).toBe(deadlock!.edge);
    // Two 3x3 windows on rows of 8 and the padding: about two rows and a pixel for each.
    const pixels = needed / 4;
    expect(pixels).toBeGreaterThan(15);
    expect(pixels).toBeLessThan(45);
  });

  test('and runs at full speed with sized FIFOs, also shrunk', () => {
    const nodes = folded(residual(), 2000);
    const sized = runToEnd(safeDepths(nodes));
    const shrunk = runToEnd(safeDepths(nodes, { shrink: true }));
    for (const { result, ample } of [sized, shrunk]) {
      expect(result.deadlock).toBeNull();
      expect(result.cyclesPerFrame).toBeLessThanOrEqual(ample.cyclesPerFrame * 1.001);
    }
    expect(shrunk.bits).toBeLessThanOrEqual(sized.bits);
  });

  test('is found in Tiny ResNet too', () => {
    const nodes = folded(preset('tiny-resnet'), 50000);
    const { deadlock } = simulate(nodes, { frames: 2 });
    expect(deadlock?.sentence).toMatch(
      /^The shortcut FIFO from relu1 fork to add1 holds 2 words and needs \d+\.$/,
    );
    const { result, ample } = runToEnd(safeDepths(nodes));
    expect(result.deadlock).toBeNull();
    expect(result.cyclesPerFrame).toBe(ample.cyclesPerFrame);
    expect(Math.abs(ample.cyclesPerFrame / slowestOf(nodes) - 1)).toBeLessThan(0.01);
  });
});

/** Chains of a few small layers, folded for some target. */
const chain = fc
  .record({
    extent: fc.integer({ min: 6, max: 10 }),
    channels: fc.constantFrom(1, 2, 3),
    layers: fc.array(
      fc.record({
        filters: fc.constantFrom(2, 3, 4, 6),
        kernel: fc.constantFrom(1, 3),
        stride: fc.constantFrom(1, 2),
        depthwise: fc.boolean(),
        pool: fc.boolean(),
      }),
      { minLength: 1, maxLength: 3 },
    ),
    target: fc.integer({ min: 50, max: 4000 }),
  })
  .map(({ extent, channels, layers, target }) => {
    const b = new NetworkBuilder('chain', { height: extent, width: extent, channels });
    for (const { filters, kernel, stride, depthwise, pool } of layers) {
      if (depthwise) b.depthwise(kernel, { stride });
      else b.conv(filters, kernel, { stride });
      b.relu();
      if (pool) b.maxPool(2, { padding: 'same' });
    }
    b.globalAveragePool();
    b.dense(5);
    return folded(b.build(), target);
  });

describe('laws of chains', () => {
  test('a deeper FIFO never makes a frame later, and none beats the slowest node', () => {
    fc.assert(
      fc.property(chain, fc.integer({ min: 1, max: 12 }), fc.nat(), (nodes, depth, which) => {
        const shallow = simulate(nodes, { defaultDepth: depth, frames: 6 });
        const key = shallow.edges[which % shallow.edges.length]!.key;
        const deeper = simulate(nodes, { defaultDepth: depth, depths: { [key]: depth + 5 }, frames: 6 });
        for (const [frame, end] of deeper.frameEnds.entries())
          expect(end).toBeLessThanOrEqual(shallow.frameEnds[frame]!);
        const slowest = slowestOf(nodes);
        for (const { cyclesPerFrame, totalCycles, frames } of [shallow, deeper]) {
          expect(cyclesPerFrame).toBeGreaterThanOrEqual(slowest);
          expect(totalCycles).toBeGreaterThanOrEqual((frames - 1) * slowest);
        }
        // The measured interval, not the bound it is held to; frames may make up for a late first one.
        const [first = 0] = deeper.frameEnds;
        expect(deeper.totalCycles - first).toBeGreaterThanOrEqual(0.9 * 5 * slowest);
      }),
      { numRuns: 60 },
    );
  });

  test('no word is lost, and no FIFO holds more than it can', () => {
    fc.assert(
      fc.property(chain, fc.integer({ min: 1, max: 40 }), (nodes, defaultDepth) => {
        const { edges, frames, deadlock } = simulate(nodes, { defaultDepth, frames: 3 });
        expect(deadlock).toBeNull();
        for (const edge of edges) {
          expect(edge.wordsWritten).toBe(frames * edge.words);
          expect(edge.wordsRead).toBeCloseTo(edge.wordsWritten, 6);
          expect(edge.maxOccupancy).toBeLessThanOrEqual(edge.depth);
        }
      }),
      { numRuns: 60 },
    );
  });

  test('peaks as depths leave every frame as it was', () => {
    fc.assert(
      fc.property(chain, (nodes) => {
        const ample = simulate(nodes, { defaultDepth: 'ample' });
        const depths = Object.fromEntries(ample.edges.map((edge) => [edge.key, edge.maxOccupancy]));
        expect(simulate(nodes, { depths }).frameEnds).toEqual(ample.frameEnds);
      }),
      { numRuns: 40 },
    );
  });
});
