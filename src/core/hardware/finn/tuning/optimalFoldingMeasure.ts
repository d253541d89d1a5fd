import type { Resources } from '../../report.ts';
import { minimizedWeightType } from '../datatypes.ts';
import { isWeighted } from '../layerUnits.ts';
import type { FinnNode } from '../nodes.ts';
import type { DspBlock } from '../operators/model.ts';
import { cyclesOf, resourcesOf } from '../operators.ts';

export interface FinnMeasurement extends Resources {
  /** Of the slowest node, a frame. */
  readonly maxCycles: number;
}

/**
 * The numbers of a FINN estimate without its report: cycles and all resources of every node, computed anew. For
 * searches that look at thousands of foldings.
 */
export function measureFinn(nodes: readonly FinnNode[], block: DspBlock): FinnMeasurement {
  let [maxCycles, lut, bram18, uram, dsp] = [0, 0, 0, 0, 0];
  for (const node of nodes) {
    maxCycles = Math.max(maxCycles, cyclesOf(node));
    // FINN estimates weights at their minimized width (finn.md section 3.6), which only changes bipolar ones.
    const weightType = isWeighted(node) ? minimizedWeightType(node.weightType) : null;
    const counted = isWeighted(node) && weightType && weightType !== node.weightType;
    const use = resourcesOf(counted ? { ...node, weightType } : node, block);
    lut += use.lut;
    bram18 += use.bram18;
    uram += use.uram;
    dsp += use.dsp;
  }
  return { maxCycles, lut, bram18, uram, dsp };
}
