import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { unwrap } from '../../../result.ts';
import type { FinnRecord } from '../records.ts';
import { boardById } from '../tuning/boards.ts';
import { finnGraphReport } from './graphReport.ts';

const clockHertz = 100e6;
const report = (records: readonly FinnRecord[]) => unwrap(finnGraphReport(records, { clockHertz }));

const mvau = (
  change: Record<string, unknown> = {},
  name = 'MVAU_hls_0',
  opType = 'MVAU_hls',
): FinnRecord => ({
  name,
  op_type: opType,
  predecessors: [],
  attributes: {
    MW: 36,
    MH: 16,
    PE: 4,
    SIMD: 6,
    numInputVectors: [1, 10, 10],
    inputDataType: 'INT4',
    weightDataType: 'INT2',
    outputDataType: 'INT4',
    noActivation: 0,
    mem_mode: 'internal_decoupled',
    ram_style: 'auto',
    resType: 'lut',
    ...change,
  },
});

interface Truth {
  readonly networks: readonly {
    readonly network: string;
    readonly snapshots: readonly {
      readonly performance: {
        readonly critical_path_cycles: number;
        readonly max_cycles: number;
        readonly max_cycles_node_name: string;
      };
      readonly totals: Readonly<Record<string, number>>;
      readonly nodes: readonly FinnRecord[];
    }[];
  }[];
}

/** FINN's own outputs; they are not part of the repository. */
const path = resolve(import.meta.dirname, '../../../../../../shared/reference/finn_truth.json');

describe('the graph of somebody else', () => {
  test.skipIf(!existsSync(path))("has FINN's own totals, slowest node and longest path", () => {
    const { networks }: Truth = JSON.parse(readFileSync(path, 'utf8'));
    let compared = 0;
    for (const { snapshots } of networks) {
      for (const { nodes, performance, totals } of snapshots) {
        const found = report(nodes);
        const { lut, bram18, uram, dsp } = found.resources;
        expect(lut).toBeCloseTo(totals.LUT ?? Number.NaN, 6);
        expect([bram18, uram, dsp]).toEqual([totals.BRAM_18K, totals.URAM, totals.DSP]);
        expect(found.initiationInterval).toBe(performance.max_cycles);
        expect(found.bottleneck).toBe(performance.max_cycles_node_name);
        // The snapshot with width converters is written without its FIFOs, which cuts its edges.
        const names = new Set(nodes.map(({ name }) => name));
        const whole = nodes.every(({ predecessors = [] }) => predecessors.every((name) => names.has(name)));
        if (whole) expect(found.latencyUpperBoundCycles).toBe(performance.critical_path_cycles);
        compared++;
      }
    }
    expect(compared).toBeGreaterThan(10);
  });

  test('runs at the clock over its slowest node', () => {
    const slow = { ...mvau({ PE: 1 }, 'MVAU_hls_1'), predecessors: ['MVAU_hls_0'] };
    const found = report([mvau(), slow]);
    expect(found.rows.map(({ cycles }) => cycles)).toEqual([2400, 9600]);
    expect(found).toMatchObject({ bottleneck: 'MVAU_hls_1', initiationInterval: 9600 });
    expect(found.latencyUpperBoundCycles).toBe(12_000);
    expect(found.throughputFps).toBeCloseTo(clockHertz / 9600, 6);
    expect(found.rows[0]).toMatchObject({ pe: 4, simd: 6, legalPe: [1, 2, 4, 8, 16] });
  });

  test('names each kind without an estimate, and counts the path through it', () => {
    const odd = {
      name: 'HWSoftmax_hls_0',
      op_type: 'HWSoftmax_hls',
      attributes: {},
      predecessors: ['MVAU_hls_0'],
    };
    const behind = { ...mvau({}, 'MVAU_hls_1'), predecessors: ['HWSoftmax_hls_0'] };
    const found = report([mvau(), odd, behind]);
    expect(found.rows[1]).toMatchObject({ cycles: null, resources: null, estimatedAs: null });
    expect(found.notes[0]).toMatch(/HWSoftmax_hls_0: there is no estimate for HWSoftmax_hls/);
    expect(found.latencyUpperBoundCycles).toBe(4800);
  });

  test('says which budget of the board it breaks, and where most of it is', () => {
    const wide = mvau({ MW: 1152, MH: 256, PE: 256, SIMD: 288, resType: 'dsp' });
    const found = unwrap(
      finnGraphReport([mvau({}, 'small'), wide], { clockHertz, board: boardById('pynq-z1') }),
    );
    expect(found.violations.map(({ message }) => message)).toContainEqual(
      expect.stringMatching(/^DSP .* of 220 on Pynq-Z1, most of it in MVAU_hls_0\.$/),
    );
  });

  test('with a folding that divides nothing says so and offers what does', () => {
    const [row] = report([mvau({ PE: 5 }), mvau({}, 'b')]).rows;
    expect(row).toMatchObject({ pe: 5, cycles: null, legalPe: [1, 2, 4, 8, 16] });
    expect(row?.sentence).toMatch(/PE 5 does not divide 16/);
  });

  test('with a depthwise window apart from its reader is said not to be buildable', () => {
    const window: FinnRecord = {
      name: 'swg',
      op_type: 'ConvolutionInputGenerator_rtl',
      attributes: {
        ConvKernelDim: [3, 3],
        IFMChannels: 8,
        IFMDim: [10, 10],
        OFMDim: [8, 8],
        SIMD: 8,
        Stride: [1, 1],
        Dilation: [1, 1],
        inputDataType: 'INT4',
        depthwise: 1,
      },
    };
    const attributes = { Channels: 8, PE: 4, KernelSize: [3, 3], OutImgDims: [8, 8] };
    const pool = { name: 'pool', op_type: 'Pool_hls', attributes, predecessors: ['swg'] };
    expect(report([window, pool]).violations[0]?.message).toMatch(/SIMD 8 of swg and PE 4 of pool/);
  });

  test('of which nothing can be estimated is a fault of one sentence', () => {
    const none = finnGraphReport([{ op_type: 'Odd_hls', attributes: {} }], { clockHertz });
    expect(none.ok ? '' : none.error.message).toMatch(/no estimate for Odd_hls/);
    const noClock = finnGraphReport([mvau()], { clockHertz: 0 });
    expect(noClock.ok ? '' : noClock.error.code).toBe('clock');
  });
});

describe('names of other versions', () => {
  const old = { mem_mode: 'decoupled' };

  test.each([
    ['StreamingFCLayer_Batch', 'MVAU_hls'],
    ['MatrixVectorActivation', 'MVAU_hls'],
    ['MVAU', 'MVAU_hls'],
  ])('%s has the numbers of %s', (name, current) => {
    const [row] = report([mvau(name === 'MVAU' ? {} : old, 'n', name)]).rows;
    const [expected] = report([mvau()]).rows;
    expect(row).toMatchObject({ opType: name, estimatedAs: current, cycles: expected?.cycles });
    expect(row?.resources).toEqual(expected?.resources);
  });

  test('weights were embedded by default before 0.10: more LUT and no decoupled memory', () => {
    const { mem_mode: _, ...attributes } = mvau().attributes;
    const [old] = report([{ name: 'n', op_type: 'MatrixVectorActivation', attributes }]).rows;
    const [embedded] = report([mvau({ mem_mode: 'internal_embedded' })]).rows;
    expect(old?.resources).toEqual(embedded?.resources);
    expect(old?.resources).not.toEqual(report([mvau()]).rows[0]?.resources);
  });

  test('one number for two dimensions, and a depthwise unit of old', () => {
    const types = { inputDataType: 'UINT4', weightDataType: 'INT4', outputDataType: 'INT16' };
    const attributes = { ...types, PE: 4, Channels: 16, Kernel: 3, Dim: 8, noActivation: 1 };
    const [row] = report([{ name: 'v', op_type: 'Vector_Vector_Activate_Batch', attributes }]).rows;
    expect(row).toMatchObject({ estimatedAs: 'VVAU_hls', cycles: (16 * 9 * 64) / 4 });
  });

  test('windows in one dimension, thresholds and padding of old are HLS units', () => {
    const window = {
      ConvKernelDim: [3, 1],
      IFMChannels: 4,
      IFMDim: [20, 1],
      OFMDim: [18, 1],
      SIMD: 2,
      Stride: [1, 1],
      Dilation: [1, 1],
      inputDataType: 'INT4',
    };
    const types = { inputDataType: 'INT4', weightDataType: 'INT4', outputDataType: 'UINT2' };
    const found = report([
      { name: 'a', op_type: 'ConvolutionInputGenerator1D', attributes: window },
      { name: 'b', op_type: 'Thresholding_Batch', attributes: { ...types, PE: 1, NumChannels: 4 } },
      {
        name: 'c',
        op_type: 'FMPadding_Batch',
        attributes: { ...types, ImgDim: 6, Padding: 3, NumChannels: 4 },
      },
    ]);
    expect(found.rows.map(({ estimatedAs }) => estimatedAs)).toEqual([
      'ConvolutionInputGenerator_hls',
      'Thresholding_hls',
      'FMPadding_hls',
    ]);
    // One vector where none is said; three rows and columns of padding in all.
    expect(found.rows.slice(1).map(({ cycles }) => cycles)).toEqual([4, 9 * 9 * 4]);
    expect(found.generation).toBe('older');
  });

  test('before a backend is chosen nodes get the variant that FINN would choose', () => {
    const wide = { inputDataType: 'INT8', weightDataType: 'INT8', noActivation: 1 };
    const found = report([
      mvau({}, 'MVAU_0', 'MVAU'),
      mvau(wide, 'MVAU_1', 'MVAU'),
      mvau({ ...wide, preferred_impl_style: 'hls' }, 'MVAU_2', 'MVAU'),
    ]);
    expect(found.rows.map(({ estimatedAs }) => estimatedAs)).toEqual(['MVAU_hls', 'MVAU_rtl', 'MVAU_hls']);
    expect(found.notes).toContainEqual(expect.stringMatching(/No backend is chosen/));
  });

  test("a partition points to the file that holds it, without another machine's folder", () => {
    const attributes = { model: '/tmp/finn_dev_me/dataflow_partition_x/partition_0.onnx' };
    const partition = { name: 'P_0', op_type: 'StreamingDataflowPartition', attributes };
    expect(report([mvau(), partition]).notes[0]).toBe(
      'P_0 stands for the nodes in partition_0.onnx; open that file to see them.',
    );
  });
});
