import { existsSync } from 'node:fs';
import type { LabeledImages } from '../core/data/labeledImages.ts';
import { PAINTERS } from '../core/data/paintSet.ts';
import type { Design, Recipe } from '../core/exploration/design.ts';
import { replaceHead } from '../core/network/editing/replaceHead.ts';
import type { Network, Weights } from '../core/network/network.ts';
import { presetById } from '../core/network/presets.ts';
import { FaultError, unwrap } from '../core/result.ts';
import { freezeChoices, frozenLayers } from '../core/training/freeze.ts';
import { carryWeights } from '../core/training/transfer.ts';
import { looksLikeSession, parseSessionText, type Session } from '../formats/session/parse.ts';
import { completeWeights, initializeWeights } from '../ml/initialize.ts';
import { readGivenImages } from './images.ts';
import { readDesign, readModel, readText } from './input.ts';

/** What is to be trained, as an input says it. */
export interface Task {
  readonly design: Design;
  readonly recipe: Recipe;
  /** Null where they are drawn from the seed. */
  readonly weights: Weights | null;
  /** What the training of the session had and this one has not. */
  readonly missing: readonly string[];
}

/** Weights do not travel in a session: neither those of teachers nor those that a run began with. */
function missingIn({ teachers, run }: Session, isTaught: boolean): string[] {
  const taught = run?.teachers ?? teachers;
  const began = run?.startWeights ?? (run && run.earlierEpochs > 0 ? `${run.earlierEpochs} epochs` : null);
  const missing: string[] = [];
  if (taught.length > 0 && !isTaught)
    missing.push(
      `The session has teachers (${taught.join(', ')}), whose weights do not travel: this training learns from labels alone; give the teachers with --teacher.`,
    );
  if (began !== null)
    missing.push(
      `The run of the session began with weights of ${began}, which do not travel: this one begins from its seed.`,
    );
  return missing;
}

/** A session or a design says how it is trained; a preset and a model file get the usual recipe. */
export async function taskOf(input: string, isTaught: boolean): Promise<Task> {
  if (/\.json$/i.test(input)) {
    const text = readText(input);
    if (looksLikeSession(text)) {
      const session = unwrap(parseSessionText(text));
      const { design, run } = session;
      const missing = missingIn(session, isTaught);
      return { design, recipe: run?.recipe ?? design.recipe, weights: null, missing };
    }
  }
  const design = await readDesign(input);
  const { weights } = await readModel(input);
  return { design, recipe: design.recipe, weights, missing: [] };
}

/** Those of the files; else the design's own, where it says how to draw them. */
export async function imagesOf(
  design: Design,
  files: readonly string[] | undefined,
  input: string,
): Promise<LabeledImages> {
  const { source } = design.data;
  if (files) {
    const { images, note } = await readGivenImages(files, source.kind === 'file' ? source : null);
    if (note !== null) console.error(note);
    return images;
  }
  if (source.kind === 'file') {
    throw new FaultError({
      code: 'files-missing',
      message: `${input} was made with ${source.fileNames.join(', ')}, and images do not travel with a design; give them with --data, or the set that Data exports with its images.`,
      where: input,
    });
  }
  const painting = PAINTERS[source.kind](source.imageCount, source.seed);
  for (;;) {
    const step = painting.next();
    if (step.done) return step.value;
  }
}

/** A preset takes the shape and the classes of the images; other networks are as they are. */
function networkFor(input: string, { network }: Design, { image, classNames }: LabeledImages): Network {
  const preset = input.startsWith('preset:') ? presetById(input.slice('preset:'.length)) : undefined;
  if (!preset) return network;
  const { height, width } = preset.input;
  return preset.build({ height, width, channels: image.channels }, classNames.length);
}

/** The network that is trained, and the weights that it begins with. */
export interface Start {
  readonly network: Network;
  readonly weights: Weights;
}

/** A new head is for the classes of the images; all other layers keep the weights of the model. */
export function startOf(
  input: string,
  { design, weights }: Task,
  images: LabeledImages,
  { seed, newHead }: { readonly seed: number; readonly newHead: boolean },
): Start {
  const network = networkFor(input, design, images);
  if (!newHead) return { network, weights: weights ?? initializeWeights(network, seed) };
  if (!weights)
    throw new FaultError({
      code: 'no-weights',
      message: `${input} holds no weights that a network with a new head could keep; give a trained model, or leave out --new-head.`,
      where: input,
    });
  const edited = unwrap(replaceHead(network, images.classNames.length)).network;
  const carried = unwrap(carryWeights({ network, weights }, edited));
  return { network: edited, weights: completeWeights(edited, carried.weights, seed) };
}

/** What --freeze says: one of the network's choices, or layers with commas between. A fault names what there is. */
export function freezeOption(network: Network, text: string): Recipe['freeze'] {
  const isLayer = (id: string) => network.layers.some((layer) => layer.id === id);
  const ids = text.split(',').map((id) => id.trim());
  const choices = freezeChoices(network);
  const isChoice = choices.ok && choices.value.some(({ id }) => id === text);
  const choice = !isChoice && (ids.length > 1 || isLayer(text)) ? ids : text;
  unwrap(frozenLayers(network, choice));
  return choice;
}

/** Fails before a training, not after it, where its result could not be written. */
export function checkFolder(folder: string): void {
  if (existsSync(folder)) return;
  throw new FaultError({
    code: 'unwritable',
    message: `There is no folder ${folder} to write to; make it, or choose another one.`,
  });
}
