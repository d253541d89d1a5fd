import { parseArgs } from 'node:util';
import type { Design, HardwareChoice } from '../core/exploration/design.ts';
import { clockOf, estimate, finnOptions } from '../core/hardware/estimate.ts';
import { foldNetwork } from '../core/hardware/finn/foldNetwork.ts';
import { DEFAULT_PART } from '../core/hardware/finn/graphBuilder.ts';
import { dspBlockOf } from '../core/hardware/finn/operators/model.ts';
import type { HardwareReport } from '../core/hardware/report.ts';
import { TARGETS, targetById } from '../core/hardware/targets.ts';
import { unwrap } from '../core/result.ts';
import { compareReports, READABLE_REPORTS, type ReportComparison } from '../formats/finn/compareReports.ts';
import { finnReports } from '../formats/finn/reports.ts';
import { asCsv, asJson, asTable, type Command, onlyInput, UsageError } from './command.ts';
import { FINN_ARGUMENTS, withFinnArguments } from './finnChoices.ts';
import { estimateGraph, finnGraphInput } from './finnGraph.ts';
import { estimateFinnNodes, estimateGraphNodes } from './finnNodes.ts';
import { readDesign, readJson, readTexts } from './input.ts';

const FINN_NODES = 'finn-nodes';
const TARGET_IDS = [...TARGETS.map(({ id }) => id), FINN_NODES];

const COLUMNS = ['row', 'engine', 'cycles', 'bound', 'MACs'] as const;
const rowsOf = (report: HardwareReport) =>
  report.rows.map((row) => [row.id, row.engine, Math.round(row.cycles), row.bound, row.macCount] as const);

const hasClock = ({ targetId }: HardwareReport) => targetById(targetId)?.defaultClockHertz !== null;

function targetLine(report: HardwareReport): string {
  const clock = hasClock(report) ? ` at ${report.clockHertz / 1e6} MHz` : ', its cycles are nanoseconds';
  return `target      ${targetById(report.targetId)?.name ?? report.targetId}${clock}`;
}

const between = (report: HardwareReport): string =>
  hasClock(report)
    ? ` (${Math.round(report.initiationInterval).toLocaleString('en-US')} cycles between frames)`
    : '';

function summaryOf(report: HardwareReport): string {
  const lines = [
    targetLine(report),
    `throughput  ${report.throughputFps.toFixed(1)} fps${between(report)}`,
    `latency     ${(1e3 * report.latencySeconds).toFixed(4)} ms`,
    `bottleneck  ${report.bottleneckId}`,
  ];
  if (report.resources) {
    const { lut, bram18, uram, dsp } = report.resources;
    lines.push(`resources   LUT ${lut}, BRAM18 ${bram18}, URAM ${uram}, DSP ${dsp}`);
  }
  for (const violation of report.violations) lines.push(`! ${violation.message}`);
  return `${lines.join('\n')}\n`;
}

/** The design's FINN reports beside those that FINN wrote to a folder. */
function compareWith(
  folder: string,
  { network, baseline }: Design,
  hardware: HardwareChoice,
): ReportComparison {
  const theirs = readTexts(folder, READABLE_REPORTS);
  const options = finnOptions(hardware);
  const { nodes } = unwrap(foldNetwork(network, { ...options, foldedLike: baseline }));
  const block = dspBlockOf(options.fpgaPart ?? DEFAULT_PART);
  return compareReports(finnReports(nodes, { block, clockHertz: clockOf('finn', hardware) }), theirs);
}

function comparisonText(comparison: ReportComparison | null): string {
  if (!comparison) return '';
  const { sentence, differences, notes } = comparison;
  const lines = [`compared    ${sentence}`, ...differences.map((one) => `  ${one.report}: ${one.sentence}`)];
  return [...lines, ...notes.map((note) => `! ${note}`), ''].join('\n');
}

export const estimateCommand: Command = {
  usage:
    "estimate <input> --target <id> [--folding <folding_config.json>] [--board <id>] [--bits W2A2] [--compare <folder of FINN's reports>] [--json | --csv]",
  async run(args) {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        ...FINN_ARGUMENTS,
        target: { type: 'string' },
        json: { type: 'boolean' },
        csv: { type: 'boolean' },
        compare: { type: 'string' },
      },
    });
    const input = onlyInput(positionals);
    if (values.json && values.csv) throw new UsageError('--json and --csv exclude each other');
    if (values.target !== undefined && !TARGET_IDS.includes(values.target)) {
      throw new UsageError(`there is no target ${values.target}; choose one of ${TARGET_IDS.join(', ')}`);
    }
    const graph = await finnGraphInput(input);
    if (values.target === FINN_NODES)
      return asJson(graph ? estimateGraphNodes(graph.records) : estimateFinnNodes(readJson(input), input));
    if (graph) return estimateGraph(graph, values);
    const design = await readDesign(input);
    const targetId = values.target ?? design.hardware.targetId;
    if (values.compare !== undefined && (targetId !== 'finn' || values.csv))
      throw new UsageError("--compare holds FINN's reports against the target finn, as text or with --json");
    const { hardware: chosen, notes } = withFinnArguments(design.hardware, design.baseline, values);
    // The file says memories and multipliers by node; choices by layer would come before them.
    const hardware = values.folding === undefined ? chosen : { ...chosen, implementations: {} };
    const report = unwrap(estimate(design.network, targetId, hardware, design.baseline));
    const comparison = values.compare === undefined ? null : compareWith(values.compare, design, hardware);
    if (values.json) {
      const said = { ...(notes.length > 0 ? { notes } : {}), ...(comparison ? { comparison } : {}) };
      return asJson({ ...report, ...said });
    }
    if (values.csv) return asCsv(COLUMNS, rowsOf(report));
    const told = notes.map((note) => `! ${note}\n`).join('');
    return `${asTable(COLUMNS, rowsOf(report))}\n${summaryOf(report)}${told}${comparisonText(comparison)}`;
  },
};
