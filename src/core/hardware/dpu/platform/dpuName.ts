import { fail, ok, type Result } from '../../../result.ts';

export interface NamePart {
  /** The letters of the name. */
  readonly text: string;
  readonly field: 'engine' | 'application' | 'platform' | 'quantizer' | 'bit width' | 'design target';
  readonly meaning: string;
}

const APPLICATIONS: Readonly<Record<string, string>> = {
  C: 'CNN: convolutional networks',
  R: 'RNN: recurrent networks',
};
const PLATFORMS: Readonly<Record<string, string>> = {
  ZD: 'Zynq and Zynq UltraScale+ with DDR memory',
  AD: 'Alveo with DDR memory',
  AH: 'Alveo with high-bandwidth memory (HBM)',
  VD: 'Versal with DDR memory, AI engines and programmable logic',
  V2D: 'Versal with DDR memory and AI engines of the second generation (AIE-ML)',
};
const QUANTIZERS: Readonly<Record<string, string>> = {
  X: 'DECENT: power-of-two scales',
  F: 'float threshold',
  I: 'integer threshold',
  R: 'the quantizer of recurrent networks',
};
const DESIGN_TARGETS: Readonly<Record<string, string>> = {
  G: 'general purpose',
  H: 'high throughput',
  L: 'low latency',
  C: 'low cost',
};

/** DPU + application + platform + quantizer + bit width + design target (UG1414, "DPU naming"). */
const NAME = /^(DPU)(C|R)(ZD|AD|AH|V2D|VD)(X|F|I|R)(4|8|16|M)(G|H|L|C)$/;

/** Takes a name such as DPUCZDX8G or DPUCADF8H apart. */
export function decodeDpuName(name: string): Result<readonly NamePart[]> {
  const match = NAME.exec(name.trim().toUpperCase());
  if (!match)
    return fail(
      'dpu-name',
      `${JSON.stringify(name.slice(0, 40))} is no DPU name; write it like DPUCZDX8G: DPU, C or R, the platform, the quantizer, the bit width, the design target.`,
    );
  const [, engine = '', application = '', platform = '', quantizer = '', bits = '', target = ''] = match;
  return ok([
    { text: engine, field: 'engine', meaning: 'deep-learning processing unit' },
    { text: application, field: 'application', meaning: APPLICATIONS[application] ?? '' },
    { text: platform, field: 'platform', meaning: PLATFORMS[platform] ?? '' },
    { text: quantizer, field: 'quantizer', meaning: QUANTIZERS[quantizer] ?? '' },
    { text: bits, field: 'bit width', meaning: bits === 'M' ? 'mixed precision' : `${bits} bit` },
    { text: target, field: 'design target', meaning: DESIGN_TARGETS[target] ?? '' },
  ]);
}
