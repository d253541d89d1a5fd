import { decodeLink } from '../../formats/design/link.ts';
import { changeEntry } from '../designStore.ts';
import { notify } from '../noticeStore.ts';
import { trainingStore } from '../trainingStore.ts';
import { setUi } from '../uiStore.ts';
import { droppedFiles } from './droppedFiles.ts';
import { areImages } from './imageFiles.ts';
import { openModelFiles } from './model.ts';
import { openSessionFile } from './sessions.ts';
import { openImageFiles } from './sources.ts';

/** As much text as a clipboard may bring: far more than any network. */
const LONGEST_PASTE = 64 * 2 ** 20;

/** Files from anywhere: images go to the Data room, everything else is opened as a model. */
export async function openAnything(files: readonly File[]): Promise<void> {
  if (files.length === 0) return;
  if (trainingStore.getState().live !== null) {
    notify('info', 'A training is running; open the file when it has ended.');
    return;
  }
  if (await areImages(files)) {
    setUi({ room: 'data' });
    await openImageFiles(files);
    return;
  }
  const [only, ...others] = files;
  if (only && others.length === 0 && (await openSessionFile(only))) return;
  setUi({ room: 'network' });
  await openModelFiles(files);
}

/** A link to a design, or the text of a model: what somebody copied elsewhere. */
export async function openText(text: string): Promise<void> {
  const trimmed = text.trim();
  if (trimmed.length > LONGEST_PASTE) {
    notify('error', 'The pasted text is longer than 64 MB; open it as a file.');
    return;
  }
  const fragment = /^https?:\/\/\S+(#\S+)$/.exec(trimmed)?.[1];
  if (fragment !== undefined) {
    const design = decodeLink(fragment);
    if (design.ok) changeEntry(() => ({ design: design.value, modelId: null, baselineModelId: null }));
    else notify('error', `The pasted link: ${design.error.message}`);
    return;
  }
  await openAnything([new File([trimmed], 'pasted text')]);
}

/** Fields of the page take their own pastes. */
const isTyping = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement && target.closest('input, textarea, select, [contenteditable]') !== null;

const hasFiles = (event: DragEvent): boolean => event.dataTransfer?.types.includes('Files') ?? false;

/** Files may be dropped anywhere on the page; files and texts may be pasted anywhere but in a field. */
export function listenForFiles(): void {
  // dragenter and dragleave come for every element on the way; the page is left when they cancel out.
  let entered = 0;
  const end = () => {
    entered = 0;
    setUi({ dropping: false });
  };
  addEventListener('dragenter', (event) => {
    if (!hasFiles(event)) return;
    entered++;
    setUi({ dropping: true });
  });
  addEventListener('dragleave', (event) => {
    if (hasFiles(event) && --entered <= 0) end();
  });
  addEventListener('dragover', (event) => {
    if (hasFiles(event)) event.preventDefault();
  });
  addEventListener('drop', (event) => {
    end();
    if (event.defaultPrevented || !hasFiles(event)) return;
    event.preventDefault();
    void droppedFiles(event.dataTransfer).then(openAnything);
  });
  addEventListener('paste', (event) => {
    if (isTyping(event.target)) return;
    const files = [...(event.clipboardData?.files ?? [])];
    const text = event.clipboardData?.getData('text/plain') ?? '';
    if (files.length === 0 && text.trim() === '') return;
    event.preventDefault();
    void (files.length > 0 ? openAnything(files) : openText(text));
  });
}
