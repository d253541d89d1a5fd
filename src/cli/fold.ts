import { parseArgs } from 'node:util';
import { clockOf } from '../core/hardware/estimate.ts';
import { estimateFinn, layerFoldings } from '../core/hardware/finn/estimate.ts';
import { unwrap } from '../core/result.ts';
import { asJson, asTable, type Command, onlyInput, UsageError } from './command.ts';
import { readDesign } from './input.ts';

export const foldCommand: Command = {
  usage: "fold <input> [--target-cycles N | --target-fps N] [--json]      FINN's SetFolding",
  run(args) {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        'target-cycles': { type: 'string' },
        'target-fps': { type: 'string' },
        json: { type: 'boolean' },
      },
    });
    const { network, hardware } = readDesign(onlyInput(positionals));
    const clockHertz = clockOf('finn', hardware);
    const targetCycles =
      wanted(values['target-cycles'], values['target-fps'], clockHertz) ?? hardware.targetCycles;
    const options = { ...hardware, targetCycles, foldings: {}, clockHertz };
    const report = unwrap(estimateFinn(network, options));
    const foldings = unwrap(layerFoldings(network, options)).map(({ layerId, nodeName, pe, simd }) => {
      const cycles = report.rows.find((row) => row.id === nodeName)?.cycles ?? 0;
      return { layerId, nodeName, pe, simd, cycles };
    });
    if (values.json) {
      const { throughputFps, initiationInterval, resources } = report;
      return asJson({ targetCycles, throughputFps, initiationInterval, resources, foldings });
    }
    const rows = foldings.map(
      ({ layerId, nodeName, pe, simd, cycles }) => [layerId, nodeName, pe, simd, cycles] as const,
    );
    return `${asTable(['layer', 'node', 'PE', 'SIMD', 'cycles'], rows)}\n${report.throughputFps.toFixed(1)} fps at ${clockHertz / 1e6} MHz\n`;
  },
};

/** FINN's builder: target cycles = clock / frames a second, cut to a whole number. */
function wanted(cycles: string | undefined, fps: string | undefined, clockHertz: number): number | null {
  if (cycles !== undefined && fps !== undefined)
    throw new UsageError('--target-cycles and --target-fps exclude each other');
  if (cycles === undefined && fps === undefined) return null;
  const value = Number(cycles ?? fps);
  if (!(value > 0 && Number.isFinite(value))) throw new UsageError(`${cycles ?? fps} is no number above 0`);
  return cycles === undefined ? Math.trunc(clockHertz / value) : value;
}
