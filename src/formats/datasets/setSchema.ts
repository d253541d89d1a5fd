import * as v from 'valibot';
import { LONGEST_NAME, MOST_CLASSES } from '../../core/data/compile/entries.ts';
import { FITS } from '../../core/data/compile/resize.ts';

const count = v.pipe(v.number(), v.integer(), v.minValue(0));
const side = v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(1024));
const channelNumbers = v.pipe(v.array(v.pipe(v.number(), v.finite())), v.maxLength(3));

export const normalizationSchema = v.variant('kind', [
  v.object({ kind: v.literal('none') }),
  v.object({ kind: v.literal('unit') }),
  v.object({ kind: v.literal('signed') }),
  v.object({
    kind: v.literal('standardized'),
    mean: channelNumbers,
    deviation: v.pipe(
      channelNumbers,
      v.check((values) => values.every((value) => value > 0)),
    ),
    of: v.string(),
  }),
]);

/** What both kinds of container tell of their set. */
const about = {
  name: v.pipe(v.string(), v.maxLength(LONGEST_NAME)),
  synthetic: v.boolean(),
  image: v.object({ height: side, width: side, channels: v.picklist([1, 3]) }),
  fit: v.picklist(FITS),
  classNames: v.pipe(
    v.array(v.pipe(v.string(), v.maxLength(LONGEST_NAME))),
    v.minLength(1),
    v.maxLength(MOST_CLASSES),
  ),
};

export const headerSchema = v.object({
  ...about,
  chunkImages: v.pipe(count, v.minValue(1), v.maxValue(2 ** 27)),
  sourceNames: v.exactOptional(
    v.pipe(v.array(v.pipe(v.string(), v.maxLength(LONGEST_NAME))), v.maxLength(1000)),
  ),
});

export const tailSchema = v.object({
  imageCount: count,
  normalization: normalizationSchema,
  skipped: v.object({
    count,
    named: v.pipe(v.array(v.object({ path: v.string(), reason: v.string() })), v.maxLength(20)),
  }),
});

export const referencesSchema = v.object({
  format: v.literal('sweetspot-image-set'),
  version: v.literal(1),
  ...about,
  normalization: normalizationSchema,
  /** Source and path, label, part. */
  items: v.array(v.tuple([v.string(), v.string(), count, v.pipe(count, v.maxValue(2))])),
});
