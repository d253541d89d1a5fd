import type { Network } from '../../core/network/network.ts';
import type { Result } from '../../core/result.ts';
import { attempt } from '../keras/attempt.ts';

/** Formats of a network alone, which need no weights. */
export const NETWORK_FORMATS = ['keras-json', 'keras3-json', 'layers'] as const;
export type NetworkFormat = (typeof NETWORK_FORMATS)[number];

/** A network without weights as the bytes of a file. Writers are loaded when they are needed. */
export async function writeNetwork(format: NetworkFormat, network: Network): Promise<Result<Uint8Array>> {
  if (format === 'layers') {
    const { writeLayerTable } = await import('../tables/layerTable.ts');
    return attempt(network.name, () => new TextEncoder().encode(writeLayerTable(network)));
  }
  const { writeKerasJson } = await import('../keras/writeKeras.ts');
  return writeKerasJson(network, format === 'keras3-json' ? 3 : 2);
}
