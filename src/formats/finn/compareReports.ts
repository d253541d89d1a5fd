import * as v from 'valibot';
import { fail, ok, type Result } from '../../core/result.ts';
import { isObject, shown, some } from './fileText.ts';
import { type FinnReports, REPORT_NAMES, type ReportName } from './reports.ts';

/** Written behind HLS synthesis by FINN up to v0.10; held against our estimate of the same resources. */
const HLS_REPORT = 'estimate_layer_resources_hls.json';

/** The files that can be read. */
export const READABLE_REPORTS: readonly string[] = [...REPORT_NAMES, HLS_REPORT];

type Figure = number | string;
/** By node and key. What concerns the whole network has the node `network`. */
type Figures = ReadonlyMap<string, ReadonlyMap<string, Figure>>;

/** HLS writes its numbers as texts. */
const amount = v.union([
  v.pipe(v.number(), v.finite()),
  v.pipe(
    v.string(),
    v.regex(/^\d{1,15}(?:\.\d{1,15})?$/),
    v.transform((text) => Number(text)),
  ),
]);
const name = v.pipe(v.string(), v.maxLength(200));
const figures = v.record(name, amount);

/** A report's shape, read as figures by node. */
const SHAPES: Readonly<Record<ReportName | typeof HLS_REPORT, v.GenericSchema<unknown, Figures>>> = {
  'estimate_layer_cycles.json': v.pipe(
    figures,
    v.transform((cycles) => byNode(cycles, (own) => [['cycles', own]])),
  ),
  'estimate_layer_resources.json': v.pipe(v.record(name, figures), v.transform(plain)),
  [HLS_REPORT]: v.pipe(v.record(name, figures), v.transform(plain)),
  'op_and_param_counts.json': v.pipe(v.record(name, figures), v.transform(plain)),
  'estimate_layer_config_alternatives.json': v.pipe(
    v.record(name, v.array(figures)),
    v.transform((alternatives) =>
      byNode(alternatives, (list) =>
        list.flatMap((one, i) => Object.entries(one).map(([key, own]) => [`${key} [${i}]`, own] as const)),
      ),
    ),
  ),
  'estimate_network_performance.json': v.pipe(
    v.objectWithRest({ max_cycles: amount, critical_path_cycles: amount }, v.union([amount, name])),
    v.transform((performance) => new Map([['network', new Map(Object.entries(performance))]])),
  ),
};

function byNode<T>(
  report: Readonly<Record<string, T>>,
  read: (value: T) => readonly (readonly [string, Figure])[],
): Figures {
  return new Map(Object.entries(report).map(([node, value]) => [node, new Map(read(value))]));
}

function plain(report: Readonly<Record<string, Readonly<Record<string, number>>>>): Figures {
  return byNode(report, Object.entries);
}

/** Far more than any report: the alternatives of ResNet-152 have 300 kB. */
const MOST_CHARACTERS = 10_000_000;

const isReadable = (file: string): file is keyof typeof SHAPES => Object.hasOwn(SHAPES, file);

/** The figures of a report's text; `file` is FINN's name of it and tells how it is built. */
export function readReport(file: string, text: string): Result<Figures> {
  if (!isReadable(file))
    return fail(
      'report-name',
      `${file} is no report that can be read; give one of ${READABLE_REPORTS.join(', ')}.`,
      file,
    );
  if (text.length > MOST_CHARACTERS)
    return fail('report-size', `${file} is too large for a report; choose the file that FINN wrote.`, file);
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    return fail(
      'report-json',
      `${file} is not JSON (${(error as Error).message}); choose a report that FINN wrote.`,
      file,
    );
  }
  // Of a list, valibot would read the indices as names.
  const read = v.safeParse(SHAPES[file], isObject(json) ? json : null, { abortEarly: true });
  if (read.success) return ok(read.output);
  const [issue] = read.issues;
  const where = issue.path?.map(({ key }) => String(key)).join(' / ') ?? '';
  const place = where === '' ? file : `${file} at ${shown(where)}`;
  return fail(
    'report-shape',
    `${place} is not what FINN writes there: it is ${shown(where === '' ? json : issue.input)}; choose a report that FINN wrote.`,
    file,
  );
}

/** A figure that differs between a report of FINN's and ours. */
export interface ReportDifference {
  readonly report: string;
  /** `network` for what concerns all of it. */
  readonly node: string;
  /** FINN's key; with the number of the alternative where there are several: `LUT [1]`. */
  readonly key: string;
  /** Null where one of the two has no such figure. */
  readonly ours: Figure | null;
  readonly theirs: Figure | null;
  readonly sentence: string;
}

export interface ReportComparison {
  /** Figures that both have. */
  readonly compared: number;
  readonly differences: readonly ReportDifference[];
  /** What could not be compared: a file, or nodes that one side lacks. One sentence each. */
  readonly notes: readonly string[];
  /** The result in one sentence. */
  readonly sentence: string;
}

/** Relative; FINN prints its floats in full. */
const CLOSE = 1e-6;

const isSame = (a: Figure, b: Figure): boolean =>
  typeof a === 'number' && typeof b === 'number'
    ? Math.abs(a - b) <= CLOSE * Math.max(1, Math.abs(a))
    : a === b;

const spelled = (figure: Figure): string =>
  typeof figure === 'number' ? figure.toLocaleString('en-US', { maximumFractionDigits: 6 }) : figure;

function sentenceOf(node: string, key: string, ours: Figure | null, theirs: Figure | null): string {
  if (theirs === null) return `${node}: ${key} is ${spelled(ours ?? 0)} here, and FINN's report has none.`;
  if (ours === null) return `${node}: ${key} is ${spelled(theirs)} in FINN's report, and there is none here.`;
  const both = typeof ours === 'number' && typeof theirs === 'number' && theirs !== 0;
  const share = both
    ? ` (${ours > theirs ? '+' : ''}${((100 * (ours - theirs)) / theirs).toFixed(1)} %)`
    : '';
  return `${node}: ${key} is ${spelled(theirs)} in FINN's report and ${spelled(ours)} here${share}.`;
}

function compareOne(report: string, own: Figures, their: Figures) {
  const differences: ReportDifference[] = [];
  let compared = 0;
  for (const [node, mine] of own) {
    const other = their.get(node);
    if (!other) continue;
    for (const key of new Set([...mine.keys(), ...other.keys()])) {
      const [ours = null, theirs = null] = [mine.get(key), other.get(key)];
      if (ours !== null && theirs !== null) compared++;
      if (ours !== null && theirs !== null && isSame(ours, theirs)) continue;
      // Synthesis counts flip-flops, and an estimate has efficiencies.
      if (report === HLS_REPORT && (ours === null || theirs === null)) continue;
      differences.push({ report, node, key, ours, theirs, sentence: sentenceOf(node, key, ours, theirs) });
    }
  }
  return { compared, differences };
}

const missing = (from: Figures, of: Figures) => [...from.keys()].filter((node) => !of.has(node));

function missingNotes(file: string, own: Figures, their: Figures): readonly string[] {
  const notes: string[] = [];
  const [here, there] = [missing(own, their), missing(their, own)];
  // Synthesis reports HLS nodes only, and no total.
  if (here.length > 0 && file !== HLS_REPORT)
    notes.push(`${file} has no ${some(here)}: is it of this network?`);
  if (there.length > 0)
    notes.push(`${file} has ${some(there)}, and there is none here: is it of this network?`);
  return notes;
}

/**
 * Holds reports that FINN wrote against ours: `theirs` are texts by FINN's file names, as many of the six as there are.
 * A text that is no report becomes a note, and the others are compared.
 */
export function compareReports(
  ours: FinnReports,
  theirs: Readonly<Record<string, string>>,
): ReportComparison {
  const differences: ReportDifference[] = [];
  const notes: string[] = [];
  let compared = 0;
  for (const [file, text] of Object.entries(theirs)) {
    const their = readReport(file, text);
    if (!their.ok) {
      notes.push(their.error.message);
      continue;
    }
    const name = REPORT_NAMES.find((one) => one === file) ?? 'estimate_layer_resources.json';
    const own = readReport(name, JSON.stringify(ours[name]));
    if (!own.ok) continue;
    const result = compareOne(file, own.value, their.value);
    compared += result.compared;
    differences.push(...result.differences);
    notes.push(...missingNotes(file, own.value, their.value));
  }
  const nodes = new Set(differences.map(({ node }) => node)).size;
  const sentence =
    differences.length === 0
      ? `All ${spelled(compared)} figures that both have are equal.`
      : `${spelled(differences.length)} ${differences.length === 1 ? 'figure differs' : 'figures differ'}, in ${nodes} ${nodes === 1 ? 'node' : 'nodes'}; ${spelled(compared)} were compared.`;
  return { compared, differences, notes, sentence };
}
