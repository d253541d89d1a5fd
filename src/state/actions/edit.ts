import { setAttribute } from '../../core/network/editing/attributes.ts';
import { bridgeLayers } from '../../core/network/editing/bridge.ts';
import { duplicateLayers, type Edited, moveBy, moveLayers } from '../../core/network/editing/graph.ts';
import { removeLayers } from '../../core/network/editing/remove.ts';
import { blockAround, type Edge, edgeExists, usualPlace } from '../../core/network/editing/segment.ts';
import type { LayerId, Network } from '../../core/network/network.ts';
import type { Result } from '../../core/result.ts';
import { cachedGeometry } from '../derived.ts';
import { changeNetwork, editNetwork, present } from '../designStore.ts';
import { editStore } from '../editStore.ts';
import { hardwareStore } from '../hardwareStore.ts';
import { trainingStore } from '../trainingStore.ts';
import { setUi, uiStore } from '../uiStore.ts';

const networkNow = (): Network => present().design.network;

/** Every network this editor made: another one (a preset, a file, a link) begins a new run of edits. */
const made = new WeakSet<Network>();

function noteStart(network: Network): void {
  const { start } = editStore.getState();
  if (start && (start.network === network || made.has(network))) return;
  const { answer } = hardwareStore.getState();
  const { targetId } = present().design.hardware;
  const estimated = answer?.baseline === network ? answer.before[targetId] : undefined;
  editStore.setState({ start: { network, report: estimated?.ok ? estimated.value : null } });
}

interface ApplyOptions {
  /** Steps with the same key in a row are one undo. */
  readonly merge?: string;
  /** What is chosen afterwards; where left out, what was chosen and still exists. */
  readonly select?: (edited: Edited) => readonly LayerId[];
}

/** Makes an edit, or says why it was not made. True where the network is another one now. */
export function applyEdit(result: Result<Edited>, { merge, select }: ApplyOptions = {}): boolean {
  if (trainingStore.getState().live !== null) {
    editStore.setState({ problem: 'The network can be changed when the training has ended.' });
    return false;
  }
  if (!result.ok) {
    editStore.setState({ problem: result.error.message, told: null });
    return false;
  }
  const { network, alsoRemoved } = result.value;
  const before = networkNow();
  if (network === before) {
    editStore.setState({ problem: null, told: null });
    return false;
  }
  noteStart(before);
  made.add(network);
  editNetwork(network, merge ?? null);
  const exists = new Set(network.layers.map(({ id }) => id));
  const { selection, edge } = editStore.getState();
  const chosen = (select?.(result.value) ?? selection).filter((id) => exists.has(id));
  editStore.setState({
    selection: chosen,
    edge: edge && edgeExists(network, edge) ? edge : null,
    problem: null,
    told:
      alsoRemoved.length > 0
        ? `${alsoRemoved.join(', ')} ${alsoRemoved.length === 1 ? 'was' : 'were'} removed too: no second branch or reader was left.`
        : null,
  });
  setUi({ selectedLayer: chosen.at(-1) ?? null });
  return true;
}

/** The chosen layers; a layer chosen in another room alone counts as well. */
export function chosenLayers(): readonly LayerId[] {
  const { selection } = editStore.getState();
  const { selectedLayer } = uiStore.getState();
  const network = networkNow();
  const exists = (id: LayerId) => network.layers.some((layer) => layer.id === id);
  if (selectedLayer === null || !exists(selectedLayer)) return [];
  return selection.at(-1) === selectedLayer ? selection.filter(exists) : [selectedLayer];
}

export type Extend = 'one' | 'toggle' | 'range';

/** Chooses a layer, alone or with those chosen before; `range`: all from the main one to it in network order. */
export function chooseLayer(id: LayerId, extend: Extend = 'one'): void {
  const now = chosenLayers();
  const order = networkNow().layers.map((layer) => layer.id);
  let selection: readonly LayerId[] = [id];
  if (extend === 'toggle') selection = now.includes(id) ? now.filter((other) => other !== id) : [...now, id];
  if (extend === 'range') {
    const ends = [order.indexOf(now.at(0) ?? id), order.indexOf(id)].toSorted((a, b) => a - b);
    const range = order.slice(ends[0], (ends[1] ?? 0) + 1);
    selection = now[0] === order[ends[1] ?? 0] ? range.toReversed() : range;
  }
  editStore.setState({ selection, edge: null, problem: null, told: null });
  setUi({ selectedLayer: selection.at(-1) ?? null });
}

/** Chooses the block around the main layer, and again the next larger one. */
export function chooseBlock(id: LayerId): void {
  const block = blockAround(networkNow(), id, chosenLayers());
  if (block.length > 0) chooseLayers(block);
}

function chooseLayers(selection: readonly LayerId[]): void {
  editStore.setState({ selection, edge: null, problem: null, told: null });
  setUi({ selectedLayer: selection.at(-1) ?? null });
}

/** Chooses where the next layer or block goes. */
export const chooseEdge = (edge: Edge | null): void => editStore.setState({ edge, problem: null });

/** Where something is put now: on the chosen edge, else behind the chosen layers, else where maps end. */
export function placeNow(network: Network): Edge {
  const { edge } = editStore.getState();
  if (edge && edgeExists(network, edge)) return edge;
  // What is drawn may be a step behind what is chosen.
  const main = chosenLayers().findLast((id) => network.layers.some((layer) => layer.id === id));
  return { from: main ?? usualPlace(network, cachedGeometry(network)), to: null };
}

export function removeChosen(): void {
  const network = networkNow();
  const chosen = chosenLayers();
  const place = network.layers.findIndex(({ id }) => id === chosen[0]);
  const gone = new Set(chosen);
  applyEdit(removeLayers(network, chosen), {
    // The layer before takes the mark, so that the next key has something to act on.
    select: () => {
      const before = network.layers.slice(0, Math.max(0, place)).findLast(({ id }) => !gone.has(id));
      return before ? [before.id] : [];
    },
  });
}

export const duplicateChosen = (): boolean =>
  applyEdit(duplicateLayers(networkNow(), chosenLayers()), { select: ({ added }) => added });

export const moveChosen = (direction: 'earlier' | 'later'): boolean =>
  applyEdit(moveBy(networkNow(), chosenLayers(), direction));

export const bridgeChosen = (): boolean =>
  applyEdit(bridgeLayers(networkNow(), chosenLayers()), { select: ({ added }) => added.slice(-1) });

export const moveTo = (ids: readonly LayerId[], edge: Edge): boolean =>
  applyEdit(moveLayers(networkNow(), ids, edge));

/** Takes a text for an attribute while it is typed; the fault's sentence where it can't be, and nothing changes. */
export function typeAttribute(id: LayerId, key: string, text: string): string | null {
  const edited = setAttribute(networkNow(), id, key, text);
  if (!edited.ok) return edited.error.message;
  applyEdit(edited, { merge: `attribute:${id}:${key}` });
  return null;
}

/** Back to the network before the edits. */
export function dropEdits(): void {
  const { start } = editStore.getState();
  if (!start) return;
  changeNetwork(start.network);
  editStore.setState({ start: null, problem: null, told: null, edge: null });
}

/** A key chose other layers than the one that has the focus, and the page has not moved the focus there yet. */
let focusLags = false;
export const focusCaughtUp = (): void => {
  focusLags = false;
};

/** The keys of the editor; true where one was taken. */
export function editorKey(event: KeyboardEvent, focused: LayerId | null): boolean {
  const chosen = chosenLayers();
  const main = (focusLags ? chosen.at(-1) : focused) ?? focused ?? chosen.at(-1) ?? null;
  if (main === null) return false;
  const act = (work: () => unknown): true => {
    if (!chosen.includes(main)) chooseLayer(main);
    event.preventDefault();
    work();
    focusLags = true;
    return true;
  };
  const command = event.ctrlKey || event.metaKey;
  if (event.key === 'Delete' || event.key === 'Backspace') return act(removeChosen);
  if (command && event.key.toLowerCase() === 'd') return act(duplicateChosen);
  if (event.altKey && event.key === 'ArrowLeft') return act(() => moveChosen('earlier'));
  if (event.altKey && event.key === 'ArrowRight') return act(() => moveChosen('later'));
  if (!command && !event.altKey && event.key.toLowerCase() === 'b') return act(() => chooseBlock(main));
  return false;
}
