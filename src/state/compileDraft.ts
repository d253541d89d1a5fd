import type { CompileChoice } from '../core/exploration/design.ts';
import { formatInteger } from '../core/quantity.ts';
import { otherClassNames } from '../formats/datasets/idxFamilies.ts';
import { INHERITED_NAME } from '../formats/design/schema.ts';
import type { OpenSource } from '../workers/protocol.ts';

/** What of a source a choice is made from. */
type Source = Pick<OpenSource, 'kind' | 'classNames' | 'countByClass' | 'image'>;

/** Pictures are made this large where nothing else is said, as land cover is. */
const USUAL_EXTENT = 64;
/** As many changed classes as a design can say. */
export const MOST_CHANGED_CLASSES = 2000;
/** The longest name of a class that a design can say. */
export const LONGEST_CLASS_NAME = 200;

/** Arrays stay as they are, gray or color; pictures become 64x64 in color, cut to squares. */
export function usualChoice(sources: readonly Source[]): CompileChoice {
  const image = sources.find((source) => source.image !== null)?.image;
  const isGray = sources.length > 0 && sources.every((source) => source.image?.channels === 1);
  return {
    height: image?.height ?? USUAL_EXTENT,
    width: image?.width ?? USUAL_EXTENT,
    channels: isGray ? 1 : 3,
    fit: 'crop',
    classes: {},
  };
}

export interface SourceClass {
  readonly name: string;
  /** Its images in all sources. */
  readonly imageCount: number;
  readonly sourceCount: number;
}

/** The classes of all sources, in the order in which they are first named; equal names are one class. */
export function sourceClasses(sources: readonly Source[]): readonly SourceClass[] {
  const found = new Map<string, { imageCount: number; sourceCount: number }>();
  for (const { classNames, countByClass } of sources) {
    classNames.forEach((name, label) => {
      const known = found.get(name) ?? { imageCount: 0, sourceCount: 0 };
      known.imageCount += countByClass[label] ?? 0;
      known.sourceCount++;
      found.set(name, known);
    });
  }
  return [...found].map(([name, counts]) => ({ name, ...counts }));
}

/** What a class of a source is called in the set, or null where it is left out. */
export function chosenName({ classes }: CompileChoice, name: string): string | null {
  const chosen = Object.hasOwn(classes, name) ? classes[name] : undefined;
  return chosen === undefined ? name : chosen === null ? null : chosen.trim() || name;
}

/** The choice with another name for a class, as it is typed, or without it where the name is null. */
export function withClass(choice: CompileChoice, name: string, chosen: string | null): CompileChoice {
  const { [name]: _, ...others } = choice.classes;
  const isUnnamed = chosen !== null && chosen.trim() === '';
  return { ...choice, classes: isUnnamed ? others : { ...others, [name]: chosen } };
}

/** The choice with all these classes under their own names, or without them: one step for thousands. */
export function withAll(choice: CompileChoice, names: readonly string[], isUsed: boolean): CompileChoice {
  const changed = new Set(names);
  const others = Object.entries(choice.classes).filter(([name]) => !changed.has(name));
  const left = isUsed ? [] : names.map((name) => [name, null] as const);
  return { ...choice, classes: Object.fromEntries([...others, ...left]) };
}

/** Names that a family of sets has for the classes of a source. */
export interface NamesChoice {
  readonly name: string;
  /** Of the classes in the files, in their order. */
  readonly from: readonly string[];
  readonly to: readonly string[];
}

/** What else the classes of the sources may be called all at once, as digits that are Fashion-MNIST's clothes. */
export function namesChoices(sources: readonly Source[]): readonly NamesChoice[] {
  const found = new Map<string, NamesChoice>();
  for (const { kind, classNames: from } of sources) {
    if (kind !== 'arrays') continue;
    for (const { name, classNames: to } of otherClassNames(from)) found.set(name, { name, from, to });
  }
  return [...found.values()];
}

/** Which names the classes have: a family's, those in the files (null), or some of the user's own. */
export function chosenNames(
  choice: CompileChoice,
  choices: readonly NamesChoice[],
): NamesChoice | 'own' | null {
  const changed = Object.entries(plainChoice(choice).classes).filter(([, name]) => name !== null);
  const isOf = ({ from, to }: NamesChoice) =>
    changed.length > 0 && changed.every(([name, chosen]) => to[from.indexOf(name)] === chosen);
  return changed.length === 0 ? null : (choices.find(isOf) ?? 'own');
}

/** The choice with a family's names for the classes of the choices, or with those in the files; what is left out stays so. */
export function withNames(
  choice: CompileChoice,
  choices: readonly NamesChoice[],
  chosen: NamesChoice | null,
): CompileChoice {
  const named = new Set(choices.flatMap(({ from }) => from));
  const others = Object.entries(choice.classes).filter(([name, to]) => !named.has(name) || to === null);
  const names = chosen?.from.map((name, i) => [name, chosen.to[i] as string] as const) ?? [];
  return { ...choice, classes: { ...Object.fromEntries(names), ...Object.fromEntries(others) } };
}

/** The choice without what is typed for nothing: blanks around names, and names that are the same as before. */
export function plainChoice(choice: CompileChoice): CompileChoice {
  const changes = Object.keys(choice.classes)
    .map((name) => [name, chosenName(choice, name)] as const)
    .filter(([name, chosen]) => chosen !== name);
  return { ...choice, classes: Object.fromEntries(changes) };
}

export interface ExpectedSet {
  readonly imageCount: number;
  readonly classCount: number;
  /** Of its pixels; pictures that can't be read are not known before. */
  readonly bytes: number;
}

/** What compiling would make of the sources. */
export function expectedSet(sources: readonly Source[], choice: CompileChoice): ExpectedSet {
  const names = new Set<string>();
  let imageCount = 0;
  for (const { name, imageCount: count } of sourceClasses(sources)) {
    const chosen = chosenName(choice, name);
    if (chosen === null || count === 0) continue;
    names.add(chosen);
    imageCount += count;
  }
  const { height, width, channels } = choice;
  return { imageCount, classCount: names.size, bytes: imageCount * height * width * channels };
}

/** Why the sources can't be compiled so, in one sentence; null where they can. */
export function draftProblem(sources: readonly Source[], choice: CompileChoice): string | null {
  const { imageCount, classCount } = expectedSet(sources, choice);
  if (sources.length === 0) return 'No files are open; open a folder, an archive or a set first.';
  if (imageCount === 0) return 'No image is left; keep at least two classes.';
  if (classCount < 2) return 'All images are of one class; keep or add another, as a classifier needs two.';
  const changes = Object.entries(plainChoice(choice).classes);
  if (changes.length > MOST_CHANGED_CLASSES)
    return `${formatInteger(changes.length)} classes are renamed or left out, and a design can say that of ${formatInteger(MOST_CHANGED_CLASSES)}; choose a source with fewer classes.`;
  const odd = changes.find(
    ([name]) => name === '' || name.length > LONGEST_CLASS_NAME || name in {} || INHERITED_NAME.test(name),
  );
  return odd === undefined
    ? null
    : `The class "${odd[0].slice(0, 40)}" has a name that a design can't say, so it can't be renamed or left out; rename its folder.`;
}

/** Equal choices compile the same sources to the same set. */
export function sameChoice(one: CompileChoice, other: CompileChoice): boolean {
  const changes = (choice: CompileChoice) =>
    JSON.stringify(Object.entries(plainChoice(choice).classes).sort());
  return (
    one.height === other.height &&
    one.width === other.width &&
    one.channels === other.channels &&
    one.fit === other.fit &&
    changes(one) === changes(other)
  );
}
