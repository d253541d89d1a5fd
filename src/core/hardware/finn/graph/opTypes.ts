import { parseDataType } from '../datatypes.ts';
import type { OpType } from '../nodes.ts';
import { dspBlockOf } from '../operators/model.ts';
import { isOpType } from '../operators.ts';
import type { FinnRecord } from '../records.ts';

/**
 * How a graph names its operations: by backend variant, as FINN v0.10 does once its layers are specialized; without,
 * before that; or as FINN did before v0.10, when nearly everything was HLS.
 */
export type Generation = 'specialized' | 'unspecialized' | 'older';

/** Operations that were called otherwise before FINN v0.10, their `_Batch` taken off. */
const RENAMED: ReadonlyMap<string, string> = new Map([
  ['StreamingFCLayer', 'MVAU'],
  ['MatrixVectorActivation', 'MVAU'],
  ['Vector_Vector_Activate', 'VVAU'],
  ['VectorVectorActivation', 'VVAU'],
  ['ConvolutionInputGenerator1D', 'ConvolutionInputGenerator'],
]);

const withoutBatch = (opType: string) => opType.replace(/_Batch$/, '');

/** `Vector_Vector_Activate_Batch` is VVAU, `MVAU_hls` is MVAU. */
export function familyOf(opType: string): string {
  const family = withoutBatch(opType).replace(/_(?:hls|rtl)$/, '');
  return RENAMED.get(family) ?? family;
}

const OLD_MEM_MODES: ReadonlySet<unknown> = new Set(['const', 'decoupled']);

const isOlder = ({ op_type: opType, attributes }: FinnRecord): boolean =>
  opType.endsWith('_Batch') ||
  opType === 'Thresholding_Binary_Search' ||
  RENAMED.has(opType) ||
  OLD_MEM_MODES.has(attributes.mem_mode);

const hasVariants = (opType: string) => isOpType(`${opType}_hls`) || isOpType(`${opType}_rtl`);

/** The generation that a graph's names and memory modes tell; one old name is enough. */
export function generationOf(records: readonly FinnRecord[]): Generation {
  if (records.some(isOlder)) return 'older';
  return records.some(({ op_type: opType }) => hasVariants(opType)) ? 'unspecialized' : 'specialized';
}

const typeOf = (name: unknown) => {
  const type = typeof name === 'string' ? parseDataType(name) : null;
  return type?.ok ? type.value : null;
};

/** Whether the RTL unit exists at all; weights are taken to be narrow-range, as in our own lowering (finn.md section 7). */
function canBeRtl(family: string, { attributes: a }: FinnRecord, part: string): boolean {
  const [input, weight] = [typeOf(a.inputDataType), typeOf(a.weightDataType)];
  if (!input || !weight || a.noActivation !== 1 || a.binaryXnorMode === 1) return false;
  const inRange = weight.signed && weight.bits <= 8 && input.bits <= (input.signed ? 9 : 8);
  return inRange && (family === 'MVAU' || dspBlockOf(part) === 'DSP58');
}

const same = (value: unknown) => !Array.isArray(value) || value[0] === value[1];

/** The HLS window takes one dimension, or square images without dilation. */
function canBeHlsWindow({ attributes: a }: FinnRecord): boolean {
  if (a.dynamic_mode === 1) return false;
  if (a.is1D === 1) return true;
  const square = [a.ConvKernelDim, a.IFMDim, a.OFMDim, a.Stride, a.Dilation].every(same);
  return square && (!Array.isArray(a.Dilation) || a.Dilation[0] === 1);
}

/** The variant that FINN's `SpecializeLayers` chooses (finn.md section 7). */
function variantOf(family: string, record: FinnRecord, part: string): 'hls' | 'rtl' {
  const { attributes: a } = record;
  const wish = a.preferred_impl_style;
  if (family === 'MVAU' || family === 'VVAU') {
    const wide = [a.inputDataType, a.weightDataType].every((name) => (typeOf(name)?.bits ?? 0) >= 4);
    const wanted = wish === 'rtl' || (wish !== 'hls' && wide);
    return wanted && canBeRtl(family, record, part) ? 'rtl' : 'hls';
  }
  if (family === 'StreamingDataWidthConverter') {
    const [wide, narrow] = [Number(a.inWidth), Number(a.outWidth)];
    return wish !== 'hls' && (wide % narrow === 0 || narrow % wide === 0) ? 'rtl' : 'hls';
  }
  if (!isOpType(`${family}_rtl`)) return 'hls';
  if (wish !== 'hls') return 'rtl';
  if (family === 'ConvolutionInputGenerator') return canBeHlsWindow(record) ? 'hls' : 'rtl';
  return isOpType(`${family}_hls`) ? 'hls' : 'rtl';
}

/** The operation of FINN v0.10.1 whose formulas a record gets; null where there is none. */
export function currentOpType(record: FinnRecord, generation: Generation, part: string): OpType | null {
  const { op_type: opType } = record;
  if (isOpType(opType)) return opType;
  if (opType === 'Thresholding_Binary_Search') return 'Thresholding_rtl';
  const family = familyOf(opType);
  const older = generation === 'older' && isOpType(`${family}_hls`);
  const name = `${family}_${older ? 'hls' : variantOf(family, record, part)}`;
  return isOpType(name) ? name : null;
}
