import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { HardwareChoice } from '../core/exploration/design.ts';
import { clockOf, estimate, finnOptions } from '../core/hardware/estimate.ts';
import { layerFoldings } from '../core/hardware/finn/estimate.ts';
import { runToEnd } from '../core/hardware/finn/fifo/simulate.ts';
import { foldNetwork } from '../core/hardware/finn/foldNetwork.ts';
import { DEFAULT_PART } from '../core/hardware/finn/graphBuilder.ts';
import { dspBlockOf } from '../core/hardware/finn/operators/model.ts';
import { boardById } from '../core/hardware/finn/tuning/boards.ts';
import { CEILINGS, type TuningMethod, tuneDesign } from '../core/hardware/finn/tuning/tuneDesign.ts';
import type { Network } from '../core/network/network.ts';
import { FaultError, unwrap } from '../core/result.ts';
import { foldingConfigText, readFoldingConfig } from '../formats/finn/foldingConfig.ts';
import { finnReports } from '../formats/finn/reports.ts';
import { writeSpecializeLayers } from '../formats/finn/specializeLayers.ts';
import { asJson, asTable, type Command, onlyInput, UsageError } from './command.ts';
import { FINN_ARGUMENTS, withFinnArguments } from './finnChoices.ts';
import { finnGraphInput, foldGraph } from './finnGraph.ts';
import { readDesign, readText } from './input.ts';

const METHODS: readonly TuningMethod[] = [
  'optimal',
  'set-folding',
  'algorithm-1-balanced',
  'algorithm-1-simd',
  'algorithm-1-pe',
  'algorithm-2',
];

export const foldCommand: Command = {
  usage: `fold <input> [--target-cycles N | --target-fps N | --method ${METHODS.join(' | ')}] [--ceilings whole-chip | recommended] [--folding <file>] [--board <id>] [--bits W2A2] [--out <folding_config.json>] [--specialize <specialize_layers_config.json>] [--reports <folder>] [--json]`,
  async run(args) {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        ...FINN_ARGUMENTS,
        'target-cycles': { type: 'string' },
        'target-fps': { type: 'string' },
        method: { type: 'string' },
        ceilings: { type: 'string' },
        out: { type: 'string' },
        specialize: { type: 'string' },
        reports: { type: 'string' },
        json: { type: 'boolean' },
      },
    });
    const input = onlyInput(positionals);
    if (values.method !== undefined && (values['target-cycles'] ?? values['target-fps']) !== undefined)
      throw new UsageError('--method finds its own target; leave out --target-cycles and --target-fps');
    const graph = await finnGraphInput(input);
    if (graph)
      return foldGraph(graph, values, (clock) =>
        wanted(values['target-cycles'], values['target-fps'], clock),
      );
    const design = await readDesign(input);
    const { network } = design;
    const { hardware: chosen, notes } = withFinnArguments(design.hardware, network, values);
    const clockHertz = clockOf('finn', chosen);
    const target = wanted(values['target-cycles'], values['target-fps'], clockHertz);
    const tuned =
      values.method === undefined
        ? { hardware: automatic(chosen, target, values.folding !== undefined), sentence: '' }
        : tune(network, chosen, values.method, values.ceilings);
    const { hardware, sentence } = tuned;
    const report = unwrap(estimate(network, 'finn', hardware));
    const options = finnOptions(hardware);
    if ([values.out, values.specialize, values.reports].some((place) => place !== undefined))
      write(network, hardware, values);
    const foldings = unwrap(layerFoldings(network, options)).map(({ layerId, nodeName, pe, simd }) => {
      const cycles = report.rows.find((row) => row.id === nodeName)?.cycles ?? 0;
      return { layerId, nodeName, pe, simd, cycles };
    });
    const { throughputFps, initiationInterval, resources, violations } = report;
    if (values.json) {
      const { targetCycles } = hardware;
      const said = { ...(sentence ? { sentence } : {}), ...(notes.length > 0 ? { notes } : {}) };
      return asJson({
        targetCycles,
        throughputFps,
        initiationInterval,
        resources,
        foldings,
        violations: violations.map(({ message }) => message),
        ...said,
      });
    }
    const rows = foldings.map(
      ({ layerId, nodeName, pe, simd, cycles }) => [layerId, nodeName, pe, simd, cycles] as const,
    );
    const said = [
      sentence,
      ...violations.map(({ message }) => `! ${message}`),
      ...notes.map((note) => `! ${note}`),
    ];
    const lines = [`${throughputFps.toFixed(1)} fps at ${clockHertz / 1e6} MHz`, ...said.filter(Boolean)];
    return `${asTable(['layer', 'node', 'PE', 'SIMD', 'cycles'], rows)}\n${lines.join('\n')}\n`;
  },
};

/** FINN's SetFolding: whatever the design chose by hand gives way, unless a folding file was given. */
function automatic(hardware: HardwareChoice, target: number | null, keepsFile: boolean): HardwareChoice {
  const targetCycles = target ?? hardware.targetCycles;
  const own = keepsFile ? { implementations: {} } : { nodeSettings: {} };
  return { ...hardware, targetCycles, foldings: {}, ...own };
}

function tune(network: Network, hardware: HardwareChoice, name: string, ceilings = 'whole-chip') {
  const method = METHODS.find((one) => one === name);
  if (!method) throw new UsageError(`there is no method ${name}; choose one of ${METHODS.join(', ')}`);
  if (ceilings !== 'whole-chip' && ceilings !== 'recommended')
    throw new UsageError(`--ceilings is whole-chip or recommended, not ${ceilings}`);
  const board = boardById(hardware.boardId);
  if (!board) throw new UsageError(`there is no board ${hardware.boardId}; name one with --board`);
  const { weightBits, activationBits, layerBits } = hardware;
  const search = {
    weightBits,
    activationBits,
    layerBits,
    board,
    ceilings: CEILINGS[ceilings],
    clockHertz: clockOf('finn', hardware),
  };
  const { foldings, nodeSettings, targetCycles, sentence } = unwrap(
    runToEnd(tuneDesign(network, method, search)),
  );
  return { hardware: { ...hardware, foldings, nodeSettings, implementations: {}, targetCycles }, sentence };
}

interface Places {
  readonly out?: string | undefined;
  readonly specialize?: string | undefined;
  readonly reports?: string | undefined;
  /** The file that was read: what no node holds (FIFO depths) goes from it into the one that is written. */
  readonly folding?: string | undefined;
}

/** Writes the folding configuration, the backend of each node and FINN's five estimate reports. */
function write(
  network: Network,
  hardware: HardwareChoice,
  { out, specialize, reports: folder, folding }: Places,
): void {
  const options = finnOptions(hardware);
  const { nodes } = unwrap(foldNetwork(network, options));
  const carried =
    folding === undefined ? {} : unwrap(readFoldingConfig(readText(folding), nodes, folding)).carried;
  try {
    if (out !== undefined) writeFileSync(out, foldingConfigText(nodes, carried));
    if (specialize !== undefined) writeFileSync(specialize, writeSpecializeLayers(nodes));
    if (folder === undefined) return;
    mkdirSync(folder, { recursive: true });
    const reports = finnReports(nodes, {
      block: dspBlockOf(options.fpgaPart ?? DEFAULT_PART),
      clockHertz: clockOf('finn', hardware),
    });
    for (const [name, report] of Object.entries(reports))
      writeFileSync(join(folder, name), `${JSON.stringify(report, null, 2)}\n`);
  } catch (error) {
    const { code, path } = error as { code?: string; path?: string };
    throw new FaultError({
      code: 'unwritable',
      message: `${path ?? out ?? specialize ?? folder} can't be written (${code ?? String(error)}); choose another place.`,
    });
  }
}

/** FINN's builder: target cycles = clock / frames a second, cut to a whole number. */
function wanted(cycles: string | undefined, fps: string | undefined, clockHertz: number): number | null {
  if (cycles !== undefined && fps !== undefined)
    throw new UsageError('--target-cycles and --target-fps exclude each other');
  if (cycles === undefined && fps === undefined) return null;
  const value = Number(cycles ?? fps);
  if (!(value > 0 && Number.isFinite(value))) throw new UsageError(`${cycles ?? fps} is no number above 0`);
  return cycles === undefined ? Math.trunc(clockHertz / value) : value;
}
