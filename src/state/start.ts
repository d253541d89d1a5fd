import { readAskedFile } from './actions/address.ts';
import { loadData } from './actions/data.ts';
import { listenForFiles } from './actions/incoming.ts';
import { followNormalization } from './actions/normalization.ts';
import { openAddress } from './actions/share.ts';
import { designStore, redoDesign, undoDesign } from './designStore.ts';
import { followEvaluations } from './frontStore.ts';
import { followDesign } from './hardwareStore.ts';
import { keepSaving } from './persistence.ts';
import { restoreSession } from './restoreSession.ts';
import { type Theme, uiStore } from './uiStore.ts';
import { followThresholds } from './whatIfStore.ts';

function applyTheme(theme: Theme): void {
  if (theme === 'system') delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
}

function listenToKeys(): void {
  addEventListener('keydown', (event) => {
    const typing = event.target instanceof HTMLInputElement && event.target.type !== 'range';
    if (typing || !(event.ctrlKey || event.metaKey) || event.key.toLowerCase() !== 'z') return;
    event.preventDefault();
    if (event.shiftKey) redoDesign();
    else undoDesign();
  });
}

/** Keeps the images in step with the design's data choice (undo, links, restored points). */
function followDataChoice(): void {
  let last = '';
  const refresh = () => {
    const source = JSON.stringify(designStore.getState().history.present.design.data.source);
    if (source === last) return;
    last = source;
    void loadData();
  };
  designStore.subscribe(refresh);
  refresh();
}

/** Brings the page to life: link, else last session, else the default design. */
export async function start(): Promise<void> {
  applyTheme(uiStore.getState().theme);
  uiStore.subscribe((ui) => applyTheme(ui.theme));
  await restoreSession();
  openAddress();
  readAskedFile();
  addEventListener('hashchange', () => openAddress());
  listenToKeys();
  listenForFiles();
  followDesign();
  followEvaluations();
  followThresholds();
  followDataChoice();
  followNormalization();
  keepSaving();
}
