import type { DpuArchitecture } from './architectures.ts';
import type { Problem } from './rules.ts';

// Vitis-AI inspector and UG1414, operator table (dpu.md, section 3): "ReLU, ReLU6, leaky ReLU with slope exactly
// 26/256; hard-sigmoid and hard-swish on ISA1".

/** The one slope of a DPU's leaky ReLU: a product and a shift. */
export const DPU_LEAKY_SLOPE = 26 / 256;

/** Half of a step of single precision, in which weights and attributes are stored. */
const SAME = 1e-8;

/** Rules of a leaky ReLU. The usual slopes 0.1 and 0.01 are both refused. */
export function leakyReluProblems(slope: number): readonly Problem[] {
  if (Math.abs(slope - DPU_LEAKY_SLOPE) < SAME) return [];
  return [
    {
      rule: 'leaky-slope',
      reason: `its slope is ${slope}, a DPU multiplies by 26/256 (${DPU_LEAKY_SLOPE}) only`,
      fix: `make its slope ${DPU_LEAKY_SLOPE} and train with it`,
      change: { attribute: 'slope', to: DPU_LEAKY_SLOPE },
    },
  ];
}

/** Rules of the hard sigmoid and the hard swish, which came with ISA1. */
export function hardActivationProblems(
  kind: 'hardSigmoid' | 'hardSwish',
  { isa }: DpuArchitecture,
): readonly Problem[] {
  if (isa === 1) return [];
  const name = kind === 'hardSigmoid' ? 'hard sigmoid' : 'hard swish';
  return [
    {
      rule: 'hard-activation',
      reason: `it is a ${name}, which DPUs of ISA0 do not have`,
      fix: `choose ISA1${kind === 'hardSwish' ? ', or use a relu6' : ''}`,
      change: null,
    },
  ];
}

/**
 * Rules of the sigmoid and tanh, which no DPU computes. At the end of the network they run on the processor, and
 * nobody minds.
 */
export function curveProblems(
  kind: 'sigmoid' | 'tanh',
  isRead: boolean,
  { isa }: DpuArchitecture,
): readonly Problem[] {
  const reason = `a DPU has no ${kind}`;
  if (!isRead) return [{ rule: kind, reason, fix: null, change: null }];
  const hard = kind === 'sigmoid' && isa === 1 ? 'a hard sigmoid' : null;
  const fix = hard ?? (kind === 'sigmoid' ? 'ISA1 and a hard sigmoid' : 'a relu6');
  return [
    { rule: kind, reason: `${reason}, which splits the graph`, fix: `use ${fix} instead`, change: null },
  ];
}
