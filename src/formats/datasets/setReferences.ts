import * as v from 'valibot';
import type { SetPlan } from '../../core/data/compile/combine.ts';
import type { ImageEntry, ImageSource } from '../../core/data/compile/entries.ts';
import type { NormalizationDescription } from '../../core/data/compile/normalization.ts';
import type { Fit } from '../../core/data/compile/resize.ts';
import type { FeatureMap } from '../../core/network/network.ts';
import { fail, ok, type Result } from '../../core/result.ts';
import { shortSentence } from '../../core/sentence.ts';
import { referencesSchema } from './setSchema.ts';

/** A set that tells where its images are and does not hold them. */
export interface SetReferences {
  readonly name: string;
  readonly synthetic: boolean;
  readonly image: FeatureMap;
  readonly fit: Fit;
  readonly classNames: readonly string[];
  readonly normalization: NormalizationDescription;
  /** Source, path in it, label, part. */
  readonly items: readonly (readonly [string, string, number, number])[];
}

/** A planned set, or one that was compiled and knows only where its images came from. */
type ReferredPlan = Omit<SetPlan, 'items'> & {
  readonly items: readonly (Pick<SetPlan['items'][number], 'source' | 'label' | 'part'> & {
    readonly entry: Pick<ImageEntry, 'path'>;
  })[];
};

/** A million images with paths of 200 letters. */
const LARGEST = 250 * 2 ** 20;

/** Writes a planned set without its images: some 40 bytes an image. */
export function writeSetReferences(
  { name, synthetic, classNames, items }: ReferredPlan,
  compiled: Pick<SetReferences, 'image' | 'fit' | 'normalization'>,
): Uint8Array<ArrayBuffer> {
  const { image, fit, normalization } = compiled;
  return new TextEncoder().encode(
    JSON.stringify({
      format: 'sweetspot-image-set',
      version: 1,
      name,
      synthetic,
      image,
      fit,
      classNames,
      normalization,
      items: items.map(({ source, entry, label, part }) => [source, entry.path, label, part]),
    }),
  );
}

/** Whether a file begins as a list of a set's images does. */
export const isReferences = (start: Uint8Array): boolean =>
  /^\s*\{\s*"format"\s*:\s*"sweetspot-image-set"/.test(new TextDecoder().decode(start));

/** Reads what {@link writeSetReferences} wrote. */
export function readSetReferences(bytes: Uint8Array, fileName: string): Result<SetReferences> {
  const wrong = (what: string) =>
    fail(
      'broken-set',
      shortSentence(`${fileName} is no list of a set's images: ${what}; export it again.`),
      fileName,
    );
  if (bytes.length > LARGEST) return wrong(`it has ${bytes.length.toLocaleString('en-US')} bytes`);
  let json: unknown;
  try {
    json = JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    return wrong('it is no JSON');
  }
  const parsed = v.safeParse(referencesSchema, json, { abortEarly: true });
  if (!parsed.success) return wrong(`its ${v.getDotPath(parsed.issues[0]) ?? 'content'} is wrong`);
  const set = parsed.output;
  const odd = set.items.findIndex(([, , label]) => label >= set.classNames.length);
  if (odd >= 0) return wrong(`image ${odd + 1} has a label beyond its ${set.classNames.length} classes`);
  if (set.items.length === 0) return wrong('it lists no images');
  return ok(set);
}

/** A file's name without what browsers add to a second download: "fruit (1).zip" is fruit.zip. */
export const plainName = (name: string): string =>
  (name.split('/').pop() ?? name).replace(/ \(\d+\)(?=(\.|$))/, '').toLowerCase();

/** The source that a list of paths calls so: of this very name or, where none is, the only one that was downloaded twice. */
export function sourceCalled<Source extends Pick<ImageSource, 'name'>>(
  name: string,
  sources: readonly Source[],
): Source | null {
  const own = sources.find((source) => source.name === name);
  if (own) return own;
  const alike = sources.filter((source) => plainName(source.name) === plainName(name));
  return alike.length === 1 ? (alike[0] as Source) : null;
}

/** Finds the images of a set in the sources that are open: its plan, in its order and with its split. */
export function resolveReferences(set: SetReferences, sources: readonly ImageSource[]): Result<SetPlan> {
  const found = new Map<string, ImageEntry>();
  for (const name of new Set(set.items.map(([source]) => source)))
    for (const entry of sourceCalled(name, sources)?.entries ?? [])
      found.set(`${name}\n${entry.path}`, entry);
  const items: SetPlan['items'][number][] = [];
  let missing = 0;
  let firstMissing = '';
  for (const [source, path, label, part] of set.items) {
    const entry = found.get(`${source}\n${path}`);
    if (entry) items.push({ source, entry, label, part });
    else if (missing++ === 0) firstMissing = `${path} of ${source}`;
  }
  if (missing > 0) {
    return fail(
      'missing-image',
      shortSentence(
        `${missing.toLocaleString('en-US')} of ${set.items.length.toLocaleString('en-US')} images of ${set.name} are not among the open sources, the first ${firstMissing}; open the folders or archives that it was made of.`,
      ),
      set.name,
    );
  }
  return ok({ name: set.name, synthetic: set.synthetic, classNames: set.classNames, items });
}
