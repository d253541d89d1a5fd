import { decodeLink } from '../../formats/design/link.ts';
import { changeEntry } from '../designStore.ts';
import { notify } from '../noticeStore.ts';
import { trainingStore } from '../trainingStore.ts';
import { setUi } from '../uiStore.ts';
import { droppedFiles } from './droppedFiles.ts';
import { openModelFiles } from './model.ts';
import { openSessionFile } from './sessions.ts';
import { openImageFiles } from './sources.ts';

/** Names of image sets and pictures. A model.json beside .bin shards is no such set. */
const IMAGES = /((\.bin|ubyte|\.idx\d?)(\.gz)?|\.(png|jpe?g|webp|tar|tgz|tar\.gz|sweetset(\.json)?))$/i;
/** CIFAR's Python batches have no ending; in a folder they lie beside a list and a readme. */
const BATCH = /(^|\/)(data_batch_\d|test_batch|train|test|meta|batches\.meta|readme\.html)$/i;
const PICTURE = /\.(png|jpe?g|webp)$/i;

/** The end of a zip archive lists its members: a model has one that says so. */
async function isImageArchive(file: File): Promise<boolean> {
  if (!/\.zip$/i.test(file.name)) return false;
  const list = await file.slice(Math.max(0, file.size - 2 ** 16)).text();
  return !/model\.json|config\.json|\.weights\.h5/.test(list);
}

async function areImages(files: readonly File[]): Promise<boolean> {
  if (
    files.every(({ name }) => IMAGES.test(name) || BATCH.test(name)) ||
    files.some(({ name }) => PICTURE.test(name))
  )
    return true;
  const areArchives = await Promise.all(files.map(isImageArchive));
  return areArchives.length > 0 && areArchives.every((isOne) => isOne);
}

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
