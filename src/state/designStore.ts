import { createStore } from 'zustand/vanilla';
import { defaultDesign } from '../core/exploration/defaultDesign.ts';
import type { Design } from '../core/exploration/design.ts';
import { carryWeights, weightsAfterEdit } from '../core/training/transfer.ts';
import { amend, beginHistory, type History, record, redo, settle, undo } from './history.ts';
import { modelById, newId, putModel } from './modelStore.ts';
import { runOfModel } from './runsStore.ts';

/** What one step of undo brings back: the choices, and the weights that belong to them. */
export interface Entry {
  readonly design: Design;
  /** The trained model of `design.network`; null where it has no weights yet. */
  readonly modelId: string | null;
  /** The trained model of `design.baseline`, for comparisons. */
  readonly baselineModelId: string | null;
  /** The model whose weights the next training starts from, layer by layer where they still fit. */
  readonly startModelId?: string | null;
}

export const designStore = createStore<{ history: History<Entry> }>(() => ({
  history: beginHistory<Entry>({ design: defaultDesign(), modelId: null, baselineModelId: null }),
}));

export const present = (): Entry => designStore.getState().history.present;

const write = (history: History<Entry>) => designStore.setState({ history });

/** A step of the user's. Steps with the same `merge` key in a row are one. */
export function changeEntry(update: (entry: Entry) => Entry, merge: string | null = null): void {
  const { history } = designStore.getState();
  const next = update(history.present);
  if (next !== history.present) write(record(history, next, merge));
}

/** A step that leaves the weights alone: everything except the network. */
export function changeDesign(update: (design: Design) => Design, merge: string | null = null): void {
  changeEntry((entry) => {
    const design = update(entry.design);
    return design === entry.design ? entry : { ...entry, design };
  }, merge);
}

/** Another network: the weights no longer fit, and it is its own baseline. */
export function changeNetwork(network: Design['network'], merge: string | null = null): void {
  changeEntry(
    ({ design }) => ({ design: withNetwork(design, network), modelId: null, baselineModelId: null }),
    merge,
  );
}

const withNetwork = (design: Design, network: Design['network']): Design => ({
  ...design,
  network,
  baseline: network,
  pruning: { ...design.pruning, thresholds: {} },
  hardware: { ...design.hardware, foldings: {} },
});

/**
 * The same network edited: layers keep the weights that still fit. Where all do, it is a trained network that nothing
 * was measured with yet; else the next training starts from them and draws the others anew.
 */
export function editNetwork(network: Design['network'], merge: string | null = null): void {
  changeEntry((entry) => {
    const source = modelById(entry.modelId ?? entry.startModelId ?? null);
    // Weights to start from belong to a network before other edits: a layer that differs by its name is a new head.
    const carry = entry.modelId === null ? carryWeights : weightsAfterEdit;
    const carried = source && carry(source, network);
    const plain = { design: withNetwork(entry.design, network), modelId: null, baselineModelId: null };
    if (!source || !carried?.ok || carried.value.kept.length === 0) return plain;
    if (carried.value.fresh.length > 0) return { ...plain, startModelId: source.id };
    const id = newId();
    const { weights } = carried.value;
    putModel({ ...source, id, network, weights, curves: null, validation: null, apoz: null });
    return { ...plain, modelId: id, baselineModelId: id };
  }, merge);
}

/** The same network with a new head: its next training starts from the weights of all other layers. */
export function putHead(network: Design['network']): void {
  changeEntry(({ design, modelId, startModelId = null }) => {
    const source = modelById(modelId ?? startModelId);
    const plain = { design: withNetwork(design, network), modelId: null, baselineModelId: null };
    return source ? { ...plain, startModelId: source.id } : plain;
  });
}

/**
 * What the next training starts from on other images: weights that were not trained on them. Another split of the same
 * ones would make validation images of those that they have seen.
 */
function startOn(data: Design['data'], startModelId: string | null): { startModelId?: string } {
  const model = modelById(startModelId);
  if (!model) return {};
  const run = runOfModel(model.id);
  const isElsewhere =
    model.origin === 'imported' ||
    (run !== null && JSON.stringify(run.design.data.source) !== JSON.stringify(data.source));
  return isElsewhere ? { startModelId: model.id } : {};
}

/**
 * Other images or another split: weights trained on the old ones say nothing about them. Weights from a file stay, as
 * they were trained elsewhere; what was measured with them does not.
 */
export function changeData(data: Design['data']): void {
  changeEntry(({ design, modelId, startModelId = null }) => {
    const model = modelById(modelId);
    const kept = model?.origin === 'imported' ? newId() : null;
    if (model && kept !== null) putModel({ ...model, id: kept, validation: null, apoz: null });
    return {
      design: { ...design, data, baseline: design.network, pruning: { ...design.pruning, thresholds: {} } },
      modelId: kept,
      baselineModelId: kept,
      ...(kept === null ? startOn(data, startModelId) : {}),
    };
  });
}

export const settleDesign = (): void => write(settle(designStore.getState().history));
export const undoDesign = (): void => write(undo(designStore.getState().history));
export const redoDesign = (): void => write(redo(designStore.getState().history));

/** Notes what the program found out (a finished training), without a step of undo. */
export function amendEntry(update: (entry: Entry) => Entry): void {
  const { history } = designStore.getState();
  write(amend(history, update(history.present)));
}

/** Takes a model that is deleted out of all steps: undo must not bring back the name of weights that are gone. */
export function withoutModel(id: string): void {
  const other = (modelId: string | null | undefined) => (modelId === id ? null : (modelId ?? null));
  const cleaned = (entry: Entry): Entry =>
    [entry.modelId, entry.baselineModelId, entry.startModelId].includes(id)
      ? {
          ...entry,
          modelId: other(entry.modelId),
          baselineModelId: other(entry.baselineModelId),
          startModelId: other(entry.startModelId),
        }
      : entry;
  const { history } = designStore.getState();
  write({
    ...history,
    past: history.past.map(cleaned),
    present: cleaned(history.present),
    future: history.future.map(cleaned),
  });
}

/** Opens a design as a new start: nothing to undo. */
export function openEntry(entry: Entry): void {
  write(beginHistory(entry));
}
