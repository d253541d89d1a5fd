import { FITTED_BYTES_PER_CYCLE, UNFITTED_BYTES_PER_CYCLE } from '../liu/engine.ts';
import { validateLiu } from '../liu/validation.ts';
import { section, type ValidationCase, type ValidationSection } from './sections.ts';

/** The four networks of source 004, with the fitted constant and without one. */
export function liuSection(): ValidationSection {
  const cases = (rows: ReturnType<typeof validateLiu>, suffix: string): readonly ValidationCase[] =>
    rows.map((row) => ({
      name: `${row.name}${suffix}`,
      fitted: row.fitted,
      model: row.modelMs,
      published: row.publishedMs,
      unit: 'ms',
      error: row.error,
      source: row.source,
      note: row.assumption,
    }));
  return section(
    'Liu et al. 2024, single engine at 150 MHz',
    `One constant, ${FITTED_BYTES_PER_CYCLE} bytes a DMA moves in a cycle, was fitted on all four networks; ${UNFITTED_BYTES_PER_CYCLE}, one word of PC bytes, is what one would guess. Two more things were chosen after looking at these times: that a block's weights load before it is computed (with all four tasks overlapped, as the source draws it, no rate comes closer than 21 %), and the assumed sizes of RAM-S and RAM-M. These rows prove less than an untouched test would.`,
    [
      ...cases(validateLiu(), ''),
      ...cases(validateLiu({ bytesPerCycle: UNFITTED_BYTES_PER_CYCLE }), ', nothing fitted'),
    ],
  );
}
