import type { Design } from '../../core/exploration/design.ts';
import type { Network } from '../../core/network/network.ts';
import { geometryAt } from '../../core/network/shapes.ts';
import type { ImportedModel } from '../../formats/model/imported.ts';
import { endingOf, type ModelFormat } from '../../formats/model/writeModel.ts';
import { type NetworkFormat, networkFileName } from '../../formats/model/writeNetwork.ts';
import { cachedGeometry, modelOf } from '../derived.ts';
import { changeEntry, present } from '../designStore.ts';
import { runJob } from '../jobStore.ts';
import { newId, putModel } from '../modelStore.ts';
import { notify } from '../noticeStore.ts';
import { fileWorker } from '../services.ts';
import { uiStore } from '../uiStore.ts';
import { showFinnGraph } from './finnGraph.ts';

/** Notes shown at once; a file may have hundreds. */
const MOST_NOTES = 5;

/**
 * Opens a model file: its network becomes the design's, its weights become a model that nothing was measured with
 * yet. A graph of FINN's hardware is shown beside the design and changes nothing in it, and neither does a file that
 * can't be read, which says why.
 */
export async function openModelFiles(files: readonly File[]): Promise<void> {
  const name = files.map((file) => file.name).join(', ');
  const opened = await runJob(`Opening ${name}`, async ({ signal }) => {
    const parts = await Promise.all(
      files.map(async (file) => ({ name: file.name, bytes: await file.arrayBuffer() })),
    );
    const deployed = uiStore.getState().foldOnOpen;
    const transfer = parts.map(({ bytes }) => bytes);
    return fileWorker.call('open', { files: parts, deployed }, { signal, transfer });
  });
  if (opened?.kind === 'finn-graph') showFinnGraph(opened.fileName, opened.records);
  else if (opened?.kind === 'design') openDesign(opened.design, opened.fileName);
  else if (opened) adopt(opened.model, name);
}

/** A step of undo: what was here before is not lost. */
function openDesign(design: Design, name: string): void {
  changeEntry(() => ({ design, modelId: null, baselineModelId: null }));
  notify('info', `${name}: a Sweetspot design with all its choices. Weights do not travel with it.`);
}

function adopt(model: ImportedModel, name: string): void {
  const { network, weights, layerBits, normalization, notes, source } = model;
  const id = weights ? newId() : null;
  if (weights && id !== null) {
    putModel({
      id,
      network,
      weights,
      origin: 'imported',
      epochs: 0,
      backend: null,
      ...(normalization ? { reads: normalization } : {}),
      curves: null,
      validation: null,
      apoz: null,
    });
  }
  changeEntry(({ design }) => ({
    design: {
      ...design,
      network,
      baseline: network,
      data: { ...design.data, ...(normalization ?? {}) },
      pruning: { ...design.pruning, thresholds: {} },
      hardware: {
        ...design.hardware,
        foldings: {},
        implementations: {},
        nodeSettings: {},
        layerBits: layerBits ?? {},
      },
    },
    modelId: id,
    baselineModelId: id,
  }));
  const input = network.layers[0];
  const map = input ? geometryAt(cachedGeometry(network), input.id).ofm : null;
  const shape = map ? ` It reads ${map.height}x${map.width}x${map.channels} images.` : '';
  const more = notes.length - MOST_NOTES;
  const told = notes.slice(0, MOST_NOTES).join(' ');
  const rest = more > 0 ? ` And ${more} more.` : '';
  notify(
    'info',
    `${name}: ${source}, ${weights ? 'with its weights' : 'without weights'}.${shape} ${told}${rest}`.trim(),
  );
}

const stemOf = ({ name }: Network): string => name.replace(/[^\w.-]+/g, '-') || 'network';

interface SavedFile {
  readonly name: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** The whole design as the JSON document that a link carries too. */
export function saveDesign(): SavedFile {
  const { design } = present();
  const bytes = new TextEncoder().encode(`${JSON.stringify(design, null, 2)}\n`);
  return { name: `${stemOf(design.network)}-design.json`, bytes };
}

/** The network without weights; null where the format can't hold it, which is told. */
export async function saveNetwork(format: NetworkFormat): Promise<SavedFile | null> {
  const { network } = present().design;
  const bytes = await runJob('Writing the network', ({ signal }) =>
    fileWorker.call('writeNetwork', { format, network }, { signal }),
  );
  return bytes && { name: networkFileName(format, stemOf(network)), bytes };
}

/**
 * The network and its present weights as a file; null where there are none, or it was canceled. Deployed, it has no
 * dropout and its batch norms are folded. The file says how images reach the network, or normalizes bytes by itself.
 */
export async function saveModel(
  format: ModelFormat,
  { deployed, normalizes }: { readonly deployed: boolean; readonly normalizes: boolean },
): Promise<SavedFile | null> {
  const entry = present();
  const model = modelOf(entry);
  if (!model) return null;
  const { weightBits, activationBits, layerBits } = entry.design.hardware;
  const { network, weights } = model;
  const { normalization, standardization } = entry.design.data;
  const images = { choice: { normalization, standardization }, inside: normalizes };
  const options = { bits: { weightBits, activationBits, layerBits }, deployed, images };
  const written = await runJob('Writing the model', ({ signal }) =>
    fileWorker.call('writeModel', { format, network, weights, options }, { signal }),
  );
  if (!written) return null;
  const { bytes, notes } = written;
  if (notes.length > 0) notify('info', notes.join(' '));
  return { name: `${stemOf(network)}${deployed ? '-deployed' : ''}.${endingOf(format)}`, bytes };
}
