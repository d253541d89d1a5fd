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

/** A section with its means. */
export function section(
  family: string,
  fittedOn: string,
  cases: readonly ValidationCase[],
): ValidationSection {
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

function meanSentence(meanFitted: number | null, meanOthers: number | null): string {
  if (meanOthers === null) return '';
  if (meanFitted === null) return `Mean error: ${percent(meanOthers)}.`;
  return `Mean error: ${percent(meanFitted)} where fitted, ${percent(meanOthers)} elsewhere.`;
}

const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;

/** A case that nothing was fitted on. */
export const compared = (
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
