import { presetById } from '../../network/presets.ts';
import { unwrap } from '../../result.ts';
import { estimateFinn } from '../finn/estimate.ts';
import { CNV_DEFAULT_FOLDING } from '../finn/publishedFoldings.ts';
import { compared, section, type ValidationCase, type ValidationSection } from './sections.ts';

const THESIS = 'source 003, Pynq-Z1 at 100 MHz';

/** CNV-W1A1 in FINN's default folding: the only FINN design of the sources that was measured on a board. */
export function finnSection(): ValidationSection {
  const preset = presetById('cnv');
  const cases: ValidationCase[] = [];
  if (preset) {
    const report = unwrap(
      estimateFinn(preset.build(preset.input, 10), {
        foldings: CNV_DEFAULT_FOLDING,
        targetCycles: 32_768,
        weightBits: 1,
        activationBits: 1,
        clockHertz: 100e6,
      }),
    );
    const note = 'The estimate counts neither FIFOs nor the shell.';
    cases.push(
      compared('CNV-W1A1, throughput', report.throughputFps, 3020.5, 'fps', `${THESIS}, batch 1000`, null),
    );
    if (report.resources) {
      cases.push(
        compared('CNV-W1A1, LUT', report.resources.lut, 21_135, 'LUT', `${THESIS}, after synthesis`, note),
      );
      cases.push(
        compared(
          'CNV-W1A1, BRAM18',
          report.resources.bram18,
          205,
          'RAMB18',
          `${THESIS}, after synthesis`,
          note,
        ),
      );
    }
  }
  return section('FINN', "Nothing was fitted: these are FINN v0.10.1's own formulas.", cases);
}
