import { fail, ok, type Result } from '../../result.ts';

/** Kinds of convolution the engine computes, and the passes that only use its output unit. */
export type LiuKind = 'standard' | 'pointwise' | 'depthwise' | 'dense' | 'outputUnit';

/**
 * How zeros get around a map (source 004, section 3.5): written into it (`direct`), or spread over the reshape
 * unit so that only the bottom rows take cycles (`operation-separate`).
 */
export type PaddingScheme = 'operation-separate' | 'direct';

/**
 * What ping-pong buffers hide. `all`: the four tasks of Fig. 12 overlap. `maps`: the weights of a block are loaded
 * before it is computed, maps come and go meanwhile; this is what the published times look like. `none`: one
 * task after the other.
 */
export type Overlap = 'all' | 'maps' | 'none';

/** The single-engine accelerator of Liu et al. 2024 (source 004) and everything about it that can be varied. */
export interface LiuSettings {
  /** Kernel taps in parallel, a square number. */
  readonly pk: number;
  /** Pixels of a pointwise convolution in parallel. */
  readonly pv: number;
  /** Input channels in parallel. */
  readonly pc: number;
  /** Filters in parallel. */
  readonly pf: number;
  /** Pixels of a depthwise convolution in parallel, `pc` channels each; LI-06's ideal counts them as channels. */
  readonly pd: number;
  readonly clockHertz: number;
  /** Bytes of maps or weights a DMA moves in a cycle. */
  readonly bytesPerCycle: number;
  readonly padding: PaddingScheme;
  readonly overlap: Overlap;
  /** Room for feature maps in RAM-S, in bytes. */
  readonly ramSBytes: number;
  /** Room for feature maps in all RAM-M together, in bytes. */
  readonly ramMBytes: number;
}

export type LiuOptions = Partial<LiuSettings>;

/**
 * The one fitted constant: bytes a DMA moves in a cycle, with the smallest worst error on the four published
 * frame times (`npx tsx scripts/fit/liu.ts`). A word of PC = 16 bytes a cycle, the figure one would guess without
 * fitting, is meant to be shown beside it.
 */
export const FITTED_BYTES_PER_CYCLE = 16.6;

/** One word of PC pixels a cycle: nothing fitted. */
export const UNFITTED_BYTES_PER_CYCLE = 16;

/**
 * Source 004, sections 3.2 and 7. It does not say how large RAM-S and the RAM-Ms are. Our assumption: 1 MiB and six
 * times 256 KiB, 640 of the 941.5 block RAMs at 32 kbit of data; so the largest map inside a block of MobileNetV2
 * (112x112x96) stays on chip, as section 3.4 claims.
 */
export const LIU_DEFAULTS: LiuSettings = {
  pk: 9,
  pv: 9,
  pc: 16,
  pf: 16,
  pd: 6,
  clockHertz: 150e6,
  bytesPerCycle: FITTED_BYTES_PER_CYCLE,
  padding: 'operation-separate',
  overlap: 'maps',
  ramSBytes: 1 << 20,
  ramMBytes: 6 * (1 << 18),
};

const LARGEST_PARALLELISM = 1024;

/** The settings with defaults filled in, or the first one that no engine can have. */
export function liuSettings(options: LiuOptions = {}): Result<LiuSettings> {
  const settings = { ...LIU_DEFAULTS, ...options };
  const { pk, pv, pf, pd } = settings;
  for (const name of ['pk', 'pv', 'pc', 'pf', 'pd'] as const) {
    const value = settings[name];
    if (!Number.isInteger(value) || value < 1 || value > LARGEST_PARALLELISM)
      return fail(
        'parallelism',
        `${name.toUpperCase()} is ${value}; choose a whole number from 1 to ${LARGEST_PARALLELISM}.`,
        name,
      );
  }
  if (!Number.isInteger(Math.sqrt(pk)))
    return fail(
      'kernel-parallelism',
      `PK is ${pk}, but the reshape unit makes square windows; choose 1, 4, 9, 16 or 25.`,
      'pk',
    );
  if (pv > pk)
    return fail(
      'vector-parallelism',
      `PV is ${pv}, but pointwise convolutions use the ${pk} multipliers of a window; choose PV up to PK.`,
      'pv',
    );
  if (pd > pf)
    return fail(
      'depthwise-parallelism',
      `PD is ${pd}, but depthwise convolutions use the multipliers of ${pf} filters; choose PD up to PF.`,
      'pd',
    );
  for (const [name, what] of [
    ['clockHertz', 'clock in hertz'],
    ['bytesPerCycle', 'number of bytes a DMA moves in a cycle'],
  ] as const) {
    if (!(settings[name] > 0 && Number.isFinite(settings[name])))
      return fail('rate', `The engine's ${what} is ${settings[name]}; choose one above 0.`, name);
  }
  for (const name of ['ramSBytes', 'ramMBytes'] as const) {
    if (!(settings[name] >= 0 && Number.isFinite(settings[name])))
      return fail('buffer', `${name} is ${settings[name]}; choose 0 or more bytes.`, name);
  }
  return ok(settings);
}

export const ceilDiv = (dividend: number, divisor: number): number => Math.ceil(dividend / divisor);

/** Multipliers of the engine: PK x PC x PF (source 004, section 7.1: 2,304). */
export const multiplierCount = ({ pk, pc, pf }: LiuSettings): number => pk * pc * pf;

/** Multipliers that a kind of layer keeps busy at best (source 004, Fig. 4). */
export function activeMultipliers(kind: LiuKind, { pk, pv, pc, pf, pd }: LiuSettings): number {
  switch (kind) {
    case 'standard':
      return pk * pc * pf;
    case 'pointwise':
      return pv * pc * pf;
    case 'depthwise':
      return pk * pc * pd;
    case 'dense':
      return pc * pf;
    case 'outputUnit':
      return 0;
  }
}

/** The share of the multipliers a depthwise convolution uses: PD / PF, 1 / PF without PD (section 3.2). */
export const depthwiseShare = ({ pd, pf }: Pick<LiuSettings, 'pd' | 'pf'>): number => pd / pf;
