import { dpuArchitecture } from '../architectures.ts';
import { DPU_CONSTANTS } from '../cost.ts';
import { simulateDpu } from '../model.ts';
import { PUBLISHED } from './published.ts';

/** The model beside one published measurement: KV260, one B4096 at 300 MHz, DPU time without the host. */
export interface DpuValidation {
  readonly name: string;
  readonly family: string;
  /** Whether the model's constants were fitted on it; such a row proves nothing. */
  readonly fitted: boolean;
  readonly modelMs: number;
  readonly publishedMs: number;
  /** Model over published, minus 1: 0.02 = two percent too slow. */
  readonly error: number;
  readonly source: string;
  /** What the op table takes for granted; null where it is the published network's. */
  readonly assumption: string | null;
}

const CLOCK_HERTZ = 300e6;

/** Every published network through the model, in the order of {@link PUBLISHED}. */
export function validateDpu(): readonly DpuValidation[] {
  const arch = dpuArchitecture('B4096');
  return PUBLISHED.map(({ name, family, fitted, framesPerSecond, source, assumption = null, build }) => {
    const cycles = simulateDpu(build(), arch).reduce((sum, row) => sum + row.cycles, 0);
    const modelMs = 1e3 * (cycles / CLOCK_HERTZ + DPU_CONSTANTS.runSeconds);
    const publishedMs = 1e3 / framesPerSecond;
    return {
      name,
      family,
      fitted,
      modelMs,
      publishedMs,
      error: modelMs / publishedMs - 1,
      source,
      assumption,
    };
  });
}

/** Mean of the errors' magnitudes, as a share; NaN of an empty list. */
export const meanError = (rows: readonly Pick<DpuValidation, 'error'>[]): number =>
  rows.reduce((sum, { error }) => sum + Math.abs(error), 0) / rows.length;

export interface ValidationSummary {
  readonly fitted: number;
  /** Over the networks the constants were not fitted on. */
  readonly others: number;
  /** The same without those whose op table rests on an assumption. */
  readonly withoutAssumption: number;
  /** The others of at least 1 ms: below, the start of the run and of every layer is most of the time. */
  readonly worstOther: DpuValidation | null;
}

export function summarizeValidation(rows: readonly DpuValidation[]): ValidationSummary {
  const others = rows.filter((row) => !row.fitted);
  const slow = others.filter((row) => row.publishedMs >= 1);
  const worst = slow.reduce<DpuValidation | null>(
    (found, row) => (found && Math.abs(found.error) >= Math.abs(row.error) ? found : row),
    null,
  );
  return {
    fitted: meanError(rows.filter((row) => row.fitted)),
    others: meanError(others),
    withoutAssumption: meanError(others.filter((row) => row.assumption === null)),
    worstOther: worst,
  };
}
