import type { FifoNode, FreeNode, WidthConverterNode } from '../nodes.ts';
import { bram18Blocks, uramBlocks } from './memory.ts';
import { NO_RESOURCES, type OperatorModel } from './model.ts';

/** StreamingFIFO_rtl: finn.md section 6.2. `vivado` with `auto` memory counts no RAM at all, as in FINN. */
export const fifo: OperatorModel<FifoNode> = {
  cycles: () => 0,
  resources(node) {
    const vivado = node.implStyle === 'vivado';
    const depth = vivado ? 2 ** Math.ceil(Math.log2(node.depth)) : node.depth;
    const addressLuts = 2 * Math.ceil(Math.log2(depth));
    const inLuts = !vivado || node.ramStyle === 'distributed';
    return {
      ...NO_RESOURCES,
      lut: addressLuts + (inLuts ? Math.ceil(depth / 32) * Math.ceil(node.width / 2) : 0),
      bram18: vivado && node.ramStyle === 'block' ? bram18Blocks(depth, node.width) : 0,
      uram: vivado && node.ramStyle === 'ultra' ? uramBlocks(depth, node.width) : 0,
    };
  },
};

function greatestCommonDivisor(a: number, b: number): number {
  let [x, y] = [a, b];
  while (y !== 0) [x, y] = [y, x % y];
  return x;
}

/** Data width converter: finn.md section 6.3. Widths that do not divide each other go over their common multiple. */
export const widthConverter: OperatorModel<WidthConverterNode> = {
  cycles: () => 0,
  resources({ inWidth, outWidth }) {
    const common = (inWidth * outWidth) / greatestCommonDivisor(inWidth, outWidth);
    const collect = inWidth === common ? 0 : Math.floor(Math.log2(common / inWidth)) + common;
    const release = outWidth === common ? 0 : Math.ceil(Math.log2(common / outWidth)) + outWidth;
    return { ...NO_RESOURCES, lut: collect + release };
  },
};

/** TLastMarker, IODMA, CheckSum: FINN estimates none of them. */
export const free: OperatorModel<FreeNode> = { cycles: () => 0 };
