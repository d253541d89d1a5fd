import type { Network } from '../../core/network/network.ts';
import type { Result } from '../../core/result.ts';
import { attempt } from '../keras/attempt.ts';

/** Formats of a network alone, which need no weights. */
export const NETWORK_FORMATS = ['keras-json', 'keras3-json', 'layers', 'scale-sim'] as const;
export type NetworkFormat = (typeof NETWORK_FORMATS)[number];

export const NETWORK_FORMAT_NAMES: Readonly<Record<NetworkFormat, string>> = {
  'keras-json': 'Keras 2, .json without weights',
  'keras3-json': 'Keras 3, .json without weights',
  layers: 'Table of layers, .csv',
  'scale-sim': 'SCALE-Sim topology, .csv',
};

export const networkFileName = (format: NetworkFormat, stem: string): string =>
  ({
    'keras-json': `${stem}.json`,
    'keras3-json': `${stem}.json`,
    layers: `${stem}-layers.csv`,
    'scale-sim': `${stem}-scale-sim.csv`,
  })[format];

/** A network without weights as the bytes of a file. Writers are loaded when they are needed. */
export async function writeNetwork(format: NetworkFormat, network: Network): Promise<Result<Uint8Array>> {
  if (format === 'layers') {
    const { writeLayerTable } = await import('../tables/layerTable.ts');
    return attempt(network.name, () => new TextEncoder().encode(writeLayerTable(network)));
  }
  if (format === 'scale-sim') {
    const { writeScaleSim } = await import('../tables/scaleSim.ts');
    return attempt(network.name, () => new TextEncoder().encode(writeScaleSim(network)));
  }
  const { writeKerasJson } = await import('../keras/writeKeras.ts');
  return writeKerasJson(network, format === 'keras3-json' ? 3 : 2);
}
