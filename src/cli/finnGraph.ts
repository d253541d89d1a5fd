import { mkdirSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import {
  foldFinnGraph,
  type GraphFolding,
  type GraphFoldingChoice,
} from '../core/hardware/finn/graph/foldGraph.ts';
import { graphNodes } from '../core/hardware/finn/graph/graphNodes.ts';
import { type FinnGraphReport, finnGraphReport, partOf } from '../core/hardware/finn/graph/graphReport.ts';
import { dspBlockOf } from '../core/hardware/finn/operators/model.ts';
import type { FinnRecord } from '../core/hardware/finn/records.ts';
import { BOARDS, type Board, boardById } from '../core/hardware/finn/tuning/boards.ts';
import { CEILINGS, type CeilingChoice } from '../core/hardware/finn/tuning/tuneDesign.ts';
import { targetById } from '../core/hardware/targets.ts';
import { FaultError, unwrap } from '../core/result.ts';
import { graphFoldingConfig } from '../formats/finn/graphConfig.ts';
import { finnReports } from '../formats/finn/reports.ts';
import { isFinnGraph, readFinnGraph } from '../formats/onnx/finnGraph.ts';
import { asCsv, asJson, asTable, UsageError } from './command.ts';
import { readBytes } from './files.ts';

/** A FINN hardware graph as a command's input. */
export interface GraphInput {
  readonly name: string;
  readonly records: readonly FinnRecord[];
}

/** The FINN graph in a file; null where the input is something else. Throws the reader's fault. */
export async function finnGraphInput(input: string): Promise<GraphInput | null> {
  if (input.startsWith('preset:') || input.includes('#d=')) return null;
  const bytes = readBytes(input);
  if (!(await isFinnGraph(bytes))) return null;
  const name = basename(input);
  return { name, records: unwrap(await readFinnGraph(bytes, name)) };
}

const CLOCK = targetById('finn')?.defaultClockHertz ?? 0;

function boardOf(id: string | undefined): Board | undefined {
  if (id === undefined || boardById(id)) return boardById(id ?? '');
  throw new UsageError(`there is no board ${id}; choose one of ${BOARDS.map((one) => one.id).join(', ')}`);
}

/** Options that say something of a network, which a graph has none of. */
function refuse(values: Readonly<Record<string, unknown>>, names: readonly string[]): void {
  for (const name of names)
    if (values[name] !== undefined)
      throw new UsageError(`a FINN graph has its own bits and folding; leave out --${name}`);
}

const COLUMNS = ['node', 'operation', 'PE', 'SIMD', 'cycles', 'LUT', 'BRAM18', 'URAM', 'DSP'] as const;

const rowsOf = ({ rows }: FinnGraphReport) =>
  rows.map(({ name, opType, pe, simd, cycles, resources: r }) =>
    [name, opType, pe, simd, cycles, r?.lut, r?.bram18, r?.uram, r?.dsp].map((value) => value ?? ''),
  );

function summaryOf(report: FinnGraphReport, board: Board | undefined): string {
  const { lut, bram18, uram, dsp } = report.resources;
  const cycles = report.initiationInterval.toLocaleString('en-US');
  const lines = [
    `throughput  ${report.throughputFps.toFixed(1)} fps at ${report.clockHertz / 1e6} MHz (${cycles} cycles between frames)`,
    `latency     at most ${(1e3 * report.latencyUpperBoundSeconds).toFixed(4)} ms`,
    `bottleneck  ${report.bottleneck}`,
    `resources   LUT ${Math.round(lut)}, BRAM18 ${bram18}, URAM ${uram}, DSP ${dsp}${board ? ` on ${board.name}` : ''}`,
    ...report.violations.map(({ message }) => `! ${message}`),
    ...report.notes.map((note) => `! ${note}`),
  ];
  return `${lines.join('\n')}\n`;
}

type Values = Readonly<Record<string, string | boolean | undefined>>;

const text = (value: string | boolean | undefined) => (typeof value === 'string' ? value : undefined);

/** `estimate` of a FINN graph: every node, and the design they make. */
export function estimateGraph({ name, records }: GraphInput, values: Values): string {
  if (values.target !== undefined && values.target !== 'finn')
    throw new FaultError({
      code: 'finn-graph-target',
      message: `${name} is a FINN hardware graph; estimate it with --target finn or finn-nodes.`,
      where: name,
    });
  refuse(values, ['bits', 'folding', 'compare']);
  const board = boardOf(text(values.board));
  const report = unwrap(finnGraphReport(records, { clockHertz: CLOCK, board }));
  if (values.json) return asJson(report);
  if (values.csv) return asCsv(COLUMNS, rowsOf(report));
  return `${asTable(COLUMNS, rowsOf(report))}\n${summaryOf(report, board)}`;
}

/** `inspect` of a FINN graph: its nodes as the file has them, and what follows what. */
export function inspectGraph({ name, records }: GraphInput, json: boolean): string {
  if (json) return asJson({ name, nodes: records });
  const shown = (value: unknown) => (typeof value === 'number' ? value : '');
  const rows = records.map(({ name: node = '', op_type: opType, attributes, predecessors = [] }) => [
    node,
    opType,
    shown(attributes.PE),
    shown(attributes.SIMD),
    predecessors.join(', '),
  ]);
  const table = asTable(['node', 'operation', 'PE', 'SIMD', 'reads'], rows);
  return `${table}\n${name}: a FINN hardware graph of ${records.length} nodes; estimate and fold take it.\n`;
}

function choiceOf(values: Values, target: number | null): GraphFoldingChoice {
  const { method = target === null ? 'optimal' : 'target' } = values;
  if (target !== null) return { method: 'target', targetCycles: target };
  if (method !== 'optimal' && method !== 'set-folding')
    throw new UsageError(
      `a FINN graph is folded by --target-fps, --method optimal or set-folding, not ${method}`,
    );
  const ceilings = text(values.ceilings) ?? 'whole-chip';
  if (!Object.hasOwn(CEILINGS, ceilings))
    throw new UsageError(`--ceilings is whole-chip or recommended, not ${ceilings}`);
  return { method, ceilings: CEILINGS[ceilings as CeilingChoice] };
}

function run(
  records: readonly FinnRecord[],
  choice: GraphFoldingChoice,
  board: Board | undefined,
): GraphFolding {
  const search = foldFinnGraph(records, choice, { clockHertz: CLOCK, board });
  for (;;) {
    const step = search.next();
    if (step.done) return unwrap(step.value);
  }
}

/** Writes the folding configuration and FINN's five estimate reports of the graph. */
function write(records: readonly FinnRecord[], board: Board | undefined, { out, reports }: Values): void {
  const part = partOf({ board });
  try {
    if (typeof out === 'string') writeFileSync(out, graphFoldingConfig(records, part));
    if (typeof reports !== 'string') return;
    mkdirSync(reports, { recursive: true });
    const nodes = graphNodes(records, part).nodes.flatMap(({ node }) => node ?? []);
    const made = finnReports(nodes, { block: dspBlockOf(part), clockHertz: CLOCK });
    for (const [name, report] of Object.entries(made))
      writeFileSync(join(reports, name), `${JSON.stringify(report, null, 2)}\n`);
  } catch (error) {
    const { code, path } = error as { code?: string; path?: string };
    throw new FaultError({
      code: 'unwritable',
      message: `${path ?? out} can't be written (${code ?? String(error)}); choose another place.`,
    });
  }
}

/** `fold` of a FINN graph: by SetFolding for a target of cycles, or by a search for the board. */
export function foldGraph(
  { records }: GraphInput,
  values: Values,
  targetOf: (clockHertz: number) => number | null,
): string {
  refuse(values, ['bits', 'folding']);
  const choice = choiceOf(values, targetOf(CLOCK));
  // A search needs budgets: those of FINN's smallest board where none is named.
  const named = boardOf(text(values.board));
  const board = choice.method === 'target' ? named : (named ?? BOARDS[0]);
  const folded = run(records, choice, board);
  const report = unwrap(finnGraphReport(folded.records, { clockHertz: CLOCK, board }));
  write(folded.records, board, values);
  if (values.json) {
    const { throughputFps, initiationInterval, resources, violations, notes } = report;
    const foldings = report.rows.map(({ name, opType, pe, simd, cycles }) => ({
      name,
      opType,
      pe,
      simd,
      cycles,
    }));
    const { sentence, lowerBoundCycles } = folded;
    const messages = violations.map(({ message }) => message);
    return asJson({
      throughputFps,
      initiationInterval,
      lowerBoundCycles,
      resources,
      foldings,
      violations: messages,
      notes,
      sentence,
    });
  }
  return `${asTable(COLUMNS, rowsOf(report))}\n${summaryOf(report, board)}${folded.sentence}\n`;
}
