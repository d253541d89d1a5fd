import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { unwrap } from '../../result.ts';
import { divisorsOf, legalFolding, legalParallelism, matrixVectorChoices, nearestLegal } from './folding.ts';
import type { FinnNode, MatrixVectorNode } from './nodes.ts';
import { cyclesOf } from './operators.ts';
import { nodeFromRecord } from './records.ts';
import { setFolding } from './setFolding.ts';

const node = (op_type: string, attributes: Record<string, unknown>, predecessors: string[] = []): FinnNode =>
  unwrap(nodeFromRecord({ name: `${op_type}_0`, op_type, attributes, predecessors }));

const types = { inputDataType: 'INT4', weightDataType: 'INT4', outputDataType: 'INT4' };

const mvau = (mw: number, mh: number, pe = 1, simd = 1, pixels = 1): MatrixVectorNode => {
  const attributes = { ...types, MW: mw, MH: mh, PE: pe, SIMD: simd, numInputVectors: [1, pixels, 1] };
  return node('MVAU_hls', attributes) as MatrixVectorNode;
};

const extent = (kernel: number, input: number, stride: number, dilation: number) =>
  Math.floor((input - (kernel - 1) * dilation - 1) / stride) + 1;

/** A sliding window and the depthwise unit or pool behind it. */
function depthwisePair(
  channels: number,
  kernel: number,
  size: number,
  stride: number,
  behind: 'VVAU_hls' | 'Pool_hls',
) {
  const o = extent(kernel, size, stride, 1);
  const window = node('ConvolutionInputGenerator_rtl', {
    ConvKernelDim: [kernel, kernel],
    IFMChannels: channels,
    IFMDim: [size, size],
    OFMDim: [o, o],
    Stride: [stride, stride],
    SIMD: channels,
    depthwise: 1,
    inputDataType: 'INT4',
  });
  const from = [window.name];
  const unit =
    behind === 'VVAU_hls'
      ? node(
          behind,
          { ...types, Channels: channels, Kernel: [kernel, kernel], Dim: [o, o], PE: channels },
          from,
        )
      : node(
          behind,
          { Channels: channels, KernelSize: [kernel, kernel], OutImgDims: [o, o], PE: channels },
          from,
        );
  return [window, unit] as const;
}

describe('legal parallelism', () => {
  test('divides outputs and inputs', () => {
    expect(legalParallelism(mvau(27, 10))).toEqual({ pe: [1, 2, 5, 10], simd: [1, 3, 9, 27] });
  });

  test('of a 2304-input convolution of 256 channels starts at SIMD 4 (BO-20)', () => {
    const simd = matrixVectorChoices(mvau(2304, 256), 256).simdFor(1);
    expect(simd).toEqual([4, 8, 16, 32, 64, 128, 256]);
  });

  test('a wish becomes the nearest legal value that is not larger', () => {
    expect(nearestLegal([1, 2, 4, 8], 7)).toBe(4);
    expect(nearestLegal([4, 8], 1)).toBe(4);
    const choices = matrixVectorChoices(mvau(2304, 60), 256);
    expect(legalFolding(choices, { pe: 16, simd: 3 })).toEqual({ pe: 15, simd: 4 });
  });
});

describe('cycles', () => {
  const size = fc.integer({ min: 1, max: 96 });
  const pick = fc.nat();
  const two = (divisors: readonly number[], a: number, b: number) => {
    const [i, j] = [a % divisors.length, b % divisors.length];
    return [divisors[Math.min(i, j)]!, divisors[Math.max(i, j)]!] as const;
  };

  test('never rise with PE or SIMD of a matrix unit', () => {
    fc.assert(
      fc.property(size, size, pick, pick, pick, pick, (mw, mh, a, b, c, d) => {
        const [pe, morePe] = two(divisorsOf(mh), a, b);
        const [simd, moreSimd] = two(divisorsOf(mw), c, d);
        expect(cyclesOf(mvau(mw, mh, morePe, moreSimd, 7))).toBeLessThanOrEqual(
          cyclesOf(mvau(mw, mh, pe, simd, 7)),
        );
      }),
    );
  });

  test('never rise with SIMD of a sliding window, depthwise or not', () => {
    const arbitrary = fc.record({
      kernel: fc.integer({ min: 1, max: 5 }),
      stride: fc.integer({ min: 1, max: 3 }),
      dilation: fc.integer({ min: 1, max: 2 }),
      input: fc.integer({ min: 9, max: 40 }),
      channels: size,
      depthwise: fc.boolean(),
      a: pick,
      b: pick,
    });
    fc.assert(
      fc.property(arbitrary, ({ kernel, stride, dilation, input, channels, depthwise, a, b }) => {
        const o = extent(kernel, input, stride, dilation);
        const window = (simd: number) =>
          node('ConvolutionInputGenerator_rtl', {
            ConvKernelDim: [kernel, kernel],
            IFMChannels: channels,
            IFMDim: [input, input],
            OFMDim: [o, o],
            Stride: [stride, stride],
            Dilation: [dilation, dilation],
            SIMD: simd,
            depthwise: depthwise ? 1 : 0,
            inputDataType: 'INT2',
          });
        const [less, more] = two(divisorsOf(channels), a, b);
        expect(cyclesOf(window(more))).toBeLessThanOrEqual(cyclesOf(window(less)));
      }),
    );
  });
});

describe('SetFolding', () => {
  test('meets a target that can be met, strictly', () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 5000 }), (target) => {
        const [folded] = setFolding([mvau(36, 64, 1, 1, 9)], target, { wwidthMax: 10_000 });
        const fewest = 9;
        if (target > fewest) expect(cyclesOf(folded!)).toBeLessThan(target);
      }),
    );
  });

  test('stops widening SIMD where one weight word would exceed the limit', () => {
    const [folded] = setFolding([mvau(64, 64)], 40);
    expect(folded).toMatchObject({ simd: 8, pe: 16 });
  });

  test('gives a window in front of a depthwise unit the PE of the unit', () => {
    const [window, unit] = setFolding(depthwisePair(16, 3, 10, 1, 'VVAU_hls'), 2000);
    expect(unit).toMatchObject({ pe: 8, simd: 1 });
    expect(window).toMatchObject({ simd: 8, parallelWindow: false });
    expect(setFolding(depthwisePair(16, 2, 10, 2, 'Pool_hls'), 300)).toMatchObject([{ simd: 8 }, { pe: 8 }]);
  });

  test('opens the whole window once all channels of a depthwise unit are parallel and still too slow', () => {
    const [window, unit] = setFolding(depthwisePair(16, 3, 10, 1, 'VVAU_hls'), 300, { twoPass: false });
    expect(unit).toMatchObject({ pe: 16, simd: 3 });
    expect(window).toMatchObject({ simd: 16, parallelWindow: true });
  });

  test('aims at what the first pass reached where the target is out of reach', () => {
    const slow = node('FMPadding_rtl', { ImgDim: [8, 8], Padding: [1, 1, 1, 1], NumChannels: 4, SIMD: 4 });
    const nodes = [slow, mvau(16, 16)];
    expect(setFolding(nodes, 50, { twoPass: false })[1]).toMatchObject({ pe: 1, simd: 8 });
    // 16 * 16 / 4 = 64 < 100 cycles of the padding.
    expect(setFolding(nodes, 50)[1]).toMatchObject({ pe: 1, simd: 4 });
  });

  test('leaves fixed nodes alone and does not wait for them', () => {
    const fixed = { ...mvau(512, 512), name: 'fixed' };
    const [kept, free] = setFolding([fixed, mvau(16, 16)], 50, { fixed: new Set(['fixed']) });
    expect(kept).toBe(fixed);
    expect(free).toMatchObject({ pe: 1, simd: 8 });
  });
});
