import { presetById } from '../network/presets.ts';
import { unwrap } from '../result.ts';
import { validateDpu } from './dpu/platform/validation.ts';
import { estimateFinn } from './finn/estimate.ts';
import { CNV_DEFAULT_FOLDING } from './finn/publishedFoldings.ts';

/** The model beside one published number. */
export interface ValidationCase {
  readonly name: string;
  /** Whether the model was fitted on it: such a row proves nothing. */
  readonly fitted: boolean;
  readonly model: number;
  readonly published: number;
  readonly unit: string;
  /** model / published - 1 */
  readonly error: number;
  readonly source: string;
  /** What the comparison takes for granted, or leaves out. */
  readonly note: string | null;
}

export interface ValidationSection {
  readonly family: string;
  /** What was fitted, and on what. */
  readonly fittedOn: string;
  readonly cases: readonly ValidationCase[];
  /** Means of the errors' magnitudes, as shares; null where there is no such case, or the units differ. */
  readonly meanFitted: number | null;
  readonly meanOthers: number | null;
  /** "Mean error: 2.0 % where fitted, 5.2 % elsewhere."; empty where there is no mean. */
  readonly meanSentence: string;
}

/** Times, LUTs and block RAMs have no common mean. */
const oneUnit = (cases: readonly ValidationCase[]): boolean =>
  new Set(cases.map(({ unit }) => unit)).size === 1;

function mean(cases: readonly ValidationCase[]): number | null {
  return !oneUnit(cases) ? null : cases.reduce((sum, { error }) => sum + Math.abs(error), 0) / cases.length;
}

function section(family: string, fittedOn: string, cases: readonly ValidationCase[]): ValidationSection {
  const meanFitted = mean(cases.filter(({ fitted }) => fitted));
  const meanOthers = mean(cases.filter(({ fitted }) => !fitted));
  return {
    family,
    fittedOn,
    cases,
    meanFitted,
    meanOthers,
    meanSentence: meanSentence(meanFitted, meanOthers),
  };
}

function dpuSection(): ValidationSection {
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

const compared = (
  name: string,
  model: number,
  published: number,
  unit: string,
  source: string,
  note: string | null,
): ValidationCase => ({
  name,
  fitted: false,
  model,
  published,
  unit,
  error: model / published - 1,
  source,
  note,
});

const THESIS = 'source 003, Pynq-Z1 at 100 MHz';

/** CNV-W1A1 in FINN's default folding: the only FINN design of the sources that was measured on a board. */
function finnSection(): ValidationSection {
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

/** How far off each family is, computed now. */
export const validationReport = (): readonly ValidationSection[] => [dpuSection(), finnSection()];

function meanSentence(meanFitted: number | null, meanOthers: number | null): string {
  if (meanOthers === null) return '';
  if (meanFitted === null) return `Mean error: ${percent(meanOthers)}.`;
  return `Mean error: ${percent(meanFitted)} where fitted, ${percent(meanOthers)} elsewhere.`;
}

const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;
const signedPercent = (share: number): string =>
  `${share > 0 ? '+' : ''}${(100 * share).toFixed(1)} %`.replace('-', '−');
const number = (value: number): string => (value >= 1000 ? value.toFixed(0) : value.toPrecision(4));

/** The report as Markdown: `docs/validation.md`. */
export function validationMarkdown(sections: readonly ValidationSection[]): string {
  const lines = [
    '# How far off is this?',
    '',
    'Each accelerator family beside published numbers. Written by `npx tsx scripts/validation.ts`; the app shows the same in its Hardware room.',
  ];
  for (const { family, fittedOn, cases, meanSentence } of sections) {
    lines.push('', `## ${family}`, '', fittedOn, '');
    if (meanSentence !== '') lines.push(meanSentence, '');
    lines.push(
      '| case | fitted | model | published | unit | error | source | note |',
      '|---|---|---:|---:|---|---:|---|---|',
    );
    for (const row of cases) {
      const cells = [
        row.name,
        row.fitted ? 'yes' : '',
        number(row.model),
        number(row.published),
        row.unit,
        signedPercent(row.error),
        row.source,
        row.note ?? '',
      ];
      lines.push(`| ${cells.join(' | ')} |`);
    }
  }
  return `${lines.join('\n')}\n`;
}
