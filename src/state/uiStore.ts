import { createStore } from 'zustand/vanilla';
import type { LayerId } from '../core/network/network.ts';

export const ROOMS = ['data', 'network', 'train', 'prune', 'hardware', 'explore'] as const;
export type Room = (typeof ROOMS)[number];
export type HardwarePage =
  | 'layers'
  | 'rooflines'
  | 'folding'
  | 'fifos'
  | 'dpu'
  | 'liu'
  | 'finn-graph'
  | 'trust';
export type NetworkPage = 'edit' | 'weights' | 'convolutions' | 'ranking';
export type TrainPage = 'training' | 'metrics' | 'augmentation' | 'distillation' | 'runs';
export type DataPage = 'images' | 'sources' | 'split' | 'kept';
export type Theme = 'system' | 'light' | 'dark';

/** What is shown, not what was chosen: not part of a design, not in undo. */
export interface Ui {
  readonly room: Room;
  readonly hoveredLayer: LayerId | null;
  readonly selectedGroup: string | null;
  readonly selectedLayer: LayerId | null;
  readonly theme: Theme;
  readonly barOrder: 'network' | 'slowest';
  /** Bars: before against after pruning, or the leading target against the compared one. */
  readonly comparison: 'before-after' | 'targets';
  readonly hardwarePage: HardwarePage;
  readonly networkPage: NetworkPage;
  readonly trainPage: TrainPage;
  readonly dataPage: DataPage;
  /** Models are opened with their batch norms folded and without dropout. */
  readonly foldOnOpen: boolean;
  /** Files are being dragged over the page. */
  readonly dropping: boolean;
}

const THEME_KEY = 'sweetspot.theme';

function savedTheme(): Theme {
  const saved = globalThis.localStorage?.getItem(THEME_KEY);
  return saved === 'light' || saved === 'dark' ? saved : 'system';
}

export const uiStore = createStore<Ui>(() => ({
  room: 'train',
  hoveredLayer: null,
  selectedGroup: null,
  selectedLayer: null,
  theme: savedTheme(),
  barOrder: 'network',
  comparison: 'before-after',
  hardwarePage: 'layers',
  networkPage: 'edit',
  trainPage: 'training',
  dataPage: 'images',
  foldOnOpen: false,
  dropping: false,
}));

export const setUi = (patch: Partial<Ui>): void => uiStore.setState(patch);

export function chooseTheme(theme: Theme): void {
  setUi({ theme });
  globalThis.localStorage?.setItem(THEME_KEY, theme);
}
