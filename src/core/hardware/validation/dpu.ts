import { compareProfiles } from '../dpu/platform/profiles.ts';
import { validateDpu } from '../dpu/platform/validation.ts';
import { section, type ValidationCase, type ValidationSection } from './sections.ts';

/** Whole networks on the KV260. */
export function dpuSection(): ValidationSection {
  const cases = validateDpu().map(
    (row): ValidationCase => ({
      name: row.name,
      fitted: row.fitted,
      model: row.modelMs,
      published: row.publishedMs,
      unit: 'ms',
      error: row.error,
      source: row.source,
      note: row.assumption,
    }),
  );
  return section(
    'DPU B4096 at 300 MHz on the KV260, DPU time',
    'Three constants (2,250 cycles to start a layer, 250 of ALU latency, 25 bytes of weights a cycle) were fitted on the five networks marked so.',
    cases,
  );
}

/** Layer by layer beside printed profiles. */
export function profileSections(): readonly ValidationSection[] {
  return compareProfiles().map(({ name, source, layers }) =>
    section(
      `DPU B4096, layer by layer: ${name}`,
      'Nothing was fitted on these layers.',
      layers.map((layer) => ({
        name: layer.name,
        fitted: false,
        model: layer.modelMs,
        published: layer.publishedMs,
        unit: 'ms',
        error: layer.error,
        source,
        note: layer.note,
      })),
    ),
  );
}
