import { createRandom, permutation } from '../../random.ts';
import { fail, ok, type Result } from '../../result.ts';
import { type ImageEntry, type ImageSource, MOST_CLASSES } from './entries.ts';
import { type SplitShares, splitRest, splitStratified } from './split.ts';

/** The order of the images in a set is drawn from this one seed: equal files and choices give equal sets everywhere. */
export const ORDER_SEED = 1;

/** One image of a set that is to be compiled. */
export interface SetItem {
  readonly entry: ImageEntry;
  readonly source: string;
  /** Index into the set's class names. */
  readonly label: number;
  /** Index into PARTS. */
  readonly part: number;
}

export interface SetPlan {
  readonly name: string;
  /** True where any of its images is generated. */
  readonly synthetic: boolean;
  readonly classNames: readonly string[];
  readonly items: readonly SetItem[];
}

export interface PlanOptions {
  readonly name: string;
  /** What becomes of a source's class: another name (equal names are merged), or null where it is left out. */
  readonly classes?: ReadonlyMap<string, string | null>;
  readonly shares: SplitShares;
  readonly seed: number;
  /** Whether images that came in folders like train and test stay in these parts; not where none of them is to train with. */
  readonly keepsParts?: boolean;
}

/**
 * The images of all sources under the set's classes, split, in a random order: any run of them is a sample of all
 * classes. Classes stand in the order in which the sources name them; those without an image are left out.
 */
export function planSet(sources: readonly ImageSource[], options: PlanOptions): Result<SetPlan> {
  const classOf = new Map<string, number>();
  const found: { entry: ImageEntry; source: string; name: string }[] = [];
  const used = new Set<string>();
  let entryCount = 0;
  const nameOf = (className: string): string | null => {
    const choice = options.classes?.get(className);
    return choice === undefined ? className : choice === null ? null : choice.trim() || className;
  };
  for (const source of sources) {
    const names = source.classNames.map(nameOf);
    for (const entry of source.entries) {
      entryCount++;
      const name = names[entry.label];
      if (name === undefined) {
        return fail(
          'label-range',
          `${entry.path.slice(0, 200)} in ${source.name} has label ${entry.label}, but the source names ${source.classNames.length} classes; name them all, or leave the image out.`,
          source.name,
        );
      }
      if (name === null) continue;
      used.add(name);
      found.push({ entry, source: source.name, name });
    }
  }
  if (found.length === 0) {
    return fail(
      'no-images',
      entryCount === 0
        ? 'The sources hold no images; add a folder, an archive or a set.'
        : `All ${entryCount.toLocaleString('en-US')} images are of classes that are left out; keep at least two classes.`,
    );
  }
  for (const { classNames } of sources) {
    for (const className of classNames) {
      const name = nameOf(className);
      if (name !== null && used.has(name) && !classOf.has(name)) classOf.set(name, classOf.size);
    }
  }
  if (classOf.size === 1) {
    return fail(
      'one-class',
      `All ${found.length.toLocaleString('en-US')} images are of one class, ${[...classOf.keys()][0]?.slice(0, 100)}; a classifier needs at least two, so add images of another class.`,
    );
  }
  if (classOf.size > MOST_CLASSES) {
    return fail(
      'too-many-classes',
      `The sources have ${classOf.size.toLocaleString('en-US')} classes, more than the ${MOST_CLASSES.toLocaleString('en-US')} of a set; merge classes or leave some out.`,
    );
  }
  const labels = Uint16Array.from(found, ({ name }) => classOf.get(name) as number);
  const { shares, seed } = options;
  const isForTraining = ({ entry }: { entry: ImageEntry }) => (entry.part ?? 'train') === 'train';
  const parts =
    options.keepsParts && found.some(isForTraining)
      ? splitRest(
          labels,
          found.map(({ entry }) => entry.part),
          shares,
          seed,
        )
      : splitStratified(labels, shares, seed);
  // another stream than the split's, which draws from the seed itself
  const order = permutation(found.length, createRandom(seed ^ 0x5bd1e995));
  const generated = new Set(sources.filter(({ synthetic }) => synthetic).map(({ name }) => name));
  return ok({
    name: options.name,
    synthetic: found.some(({ source }) => generated.has(source)),
    classNames: [...classOf.keys()],
    items: Array.from(order, (place) => {
      const { entry, source } = found[place] as (typeof found)[number];
      return { entry, source, label: labels[place] as number, part: parts[place] as number };
    }),
  });
}
