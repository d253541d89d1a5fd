import type { DataChoice, Normalization } from '../exploration/design.ts';
import { fail, ok, type Result } from '../result.ts';
import { byteTransform } from './compile/normalization.ts';

/** How bytes reach a network, wherever it is said: in a design, in a model's file, on a command line. */
export type NormalizationChoice = Pick<DataChoice, 'normalization' | 'standardization'>;

/** That of a choice of data, without the rest. */
export const normalizationOf = ({
  normalization,
  standardization,
}: NormalizationChoice): NormalizationChoice => ({
  normalization,
  standardization,
});

/** value = byte * scale + offset, for one channel. */
export interface ByteTransform {
  readonly scale: number;
  readonly offset: number;
}

/** The normalizations that need no numbers of their own. */
export const PLAIN_NORMALIZATIONS = ['none', 'unit', 'signed'] as const satisfies readonly Normalization[];

export const plainChoice = (normalization: (typeof PLAIN_NORMALIZATIONS)[number]): NormalizationChoice => ({
  normalization,
  standardization: null,
});

/** What a standardization may hold: the limits of a design. */
const LARGEST_MEAN = 1e6;
const LARGEST_DEVIATION = 1e6;
const SMALLEST_DEVIATION = 1e-9;
const MOST_CHANNELS = 4;

/**
 * One number a channel: its own, the only one there is, or, where a network reads color images as gray, the mean of
 * all.
 */
function ofChannel(values: readonly number[], channel: number, channels: number): number {
  if (values.length === channels || values.length === 1)
    return values[Math.min(channel, values.length - 1)] as number;
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** What becomes of a byte in each channel of a network's input. A standardization without numbers changes nothing. */
export function channelTransforms(
  { normalization, standardization }: NormalizationChoice,
  channels: number,
): readonly ByteTransform[] {
  return Array.from({ length: channels }, (_, channel) => {
    if (normalization !== 'standardized') return byteTransform({ kind: normalization }, channel);
    const { mean, deviation } = standardization ?? { mean: [0], deviation: [1] };
    const description = {
      kind: normalization,
      mean: [ofChannel(mean, channel, channels)],
      deviation: [ofChannel(deviation, channel, channels)],
      of: '',
    };
    return byteTransform(description, 0);
  });
}

/** Single precision is what files hold. */
const NEAR = 1e-5;

const isNear = (a: number, b: number, size: number) => Math.abs(a - b) <= NEAR * size;

/** Whether two transforms make the same of every byte, but for rounding. */
const areAlike = (a: readonly ByteTransform[], b: readonly ByteTransform[]): boolean =>
  a.length === b.length &&
  a.every(({ scale, offset }, channel) => {
    const other = b[channel] as ByteTransform;
    const reach = Math.max(Math.abs(scale * 255), Math.abs(offset));
    return (
      Number.isFinite(reach) &&
      isNear(scale * 255, other.scale * 255, reach) &&
      isNear(offset, other.offset, reach)
    );
  });

/** Whether both bring the same numbers to a network that reads so many channels. */
export const sameNormalization = (
  a: NormalizationChoice,
  b: NormalizationChoice,
  channels: number,
): boolean => areAlike(channelTransforms(a, channels), channelTransforms(b, channels));

/** A number of a file without the digits that single precision adds. */
const rounded = (value: number): number => Number(value.toPrecision(7));

/**
 * The normalization that makes these of bytes, one transform a channel: one of the plain ones where it is one, else mean
 * and deviation. Null where a design can't say it: a scale that is not above 0, more than 4 different channels.
 */
export function choiceOfTransforms(transforms: readonly ByteTransform[]): NormalizationChoice | null {
  const [first] = transforms;
  if (!first) return null;
  for (const normalization of PLAIN_NORMALIZATIONS) {
    const choice = plainChoice(normalization);
    if (areAlike(transforms, channelTransforms(choice, transforms.length))) return choice;
  }
  const isUniform = areAlike(
    transforms,
    transforms.map(() => first),
  );
  const kept = isUniform ? [first] : transforms;
  const mean = kept.map(({ scale, offset }) => rounded(-offset / scale) + 0);
  const deviation = kept.map(({ scale }) => rounded(1 / scale));
  const fits =
    kept.length <= MOST_CHANNELS &&
    mean.every((value) => Math.abs(value) <= LARGEST_MEAN) &&
    deviation.every((value) => value >= SMALLEST_DEVIATION && value <= LARGEST_DEVIATION);
  return fits ? { normalization: 'standardized', standardization: { mean, deviation } } : null;
}

/** Largest magnitude that a byte can become. */
export const largestValue = (choice: NormalizationChoice, channels: number): number =>
  Math.max(
    ...channelTransforms(choice, channels).map(({ scale, offset }) =>
      Math.max(Math.abs(offset), Math.abs(255 * scale + offset)),
    ),
  );

const shown = (values: readonly number[]) => values.map((value) => Number(value.toPrecision(4))).join(', ');

/** The range or the numbers, as in "pixels from 0 to 1". */
export function normalizationName({ normalization, standardization }: NormalizationChoice): string {
  switch (normalization) {
    case 'none':
      return '0 to 255';
    case 'unit':
      return '0 to 1';
    case 'signed':
      return '−1 to 1';
    case 'standardized':
      return `mean ${shown(standardization?.mean ?? [0])} and deviation ${shown(standardization?.deviation ?? [1])}`;
  }
}

/** As {@link parseNormalization} reads it. */
export const normalizationText = ({ normalization, standardization }: NormalizationChoice): string =>
  normalization === 'standardized' && standardization
    ? `${standardization.mean.join()}/${standardization.deviation.join()}`
    : normalization;

const FORMS = 'none, unit, signed, or means/deviations in bytes as in 125.3,123,113.9/63,62.1,66.7';

/** `none`, `unit`, `signed`, or `mean/deviation` in bytes with one number or one a channel on each side. */
export function parseNormalization(text: string): Result<NormalizationChoice> {
  const plain = PLAIN_NORMALIZATIONS.find((one) => one === text);
  if (plain) return ok(plainChoice(plain));
  const [mean = [], deviation = [], ...more] = text
    .split('/')
    .map((part) => part.split(',').map((number) => (number.trim() === '' ? Number.NaN : Number(number))));
  return more.length === 0 && isStandardization(mean, deviation)
    ? ok({ normalization: 'standardized', standardization: { mean, deviation } })
    : fail('normalization', `${text.slice(0, 60) || 'Nothing'} is no normalization; give ${FORMS}.`);
}

/** Whether these are numbers that a design can hold as a standardization. */
export const isStandardization = (mean: readonly unknown[], deviation: readonly unknown[]): boolean =>
  mean.length >= 1 &&
  mean.length <= MOST_CHANNELS &&
  deviation.length === mean.length &&
  mean.every((value) => typeof value === 'number' && Math.abs(value) <= LARGEST_MEAN) &&
  deviation.every(
    (value) => typeof value === 'number' && value >= SMALLEST_DEVIATION && value <= LARGEST_DEVIATION,
  );

/**
 * Fails where a standardization is asked for without its numbers, or with another count of them than the network's
 * input has channels. One number serves all channels, and those of color images a network that reads them as gray.
 */
export function checkStandardization(
  { normalization, standardization }: NormalizationChoice,
  channels: number | null,
): Result<null> {
  if (normalization !== 'standardized') return ok(null);
  const where = 'data.standardization';
  if (!standardization)
    return fail(
      'no-standardization',
      'This design standardizes its images without a mean and a deviation (data.standardization is null); give both, or choose another normalization.',
      where,
    );
  const { mean, deviation } = standardization;
  if (mean.length !== deviation.length)
    return fail(
      'standardization-channels',
      `This design standardizes its images by ${mean.length} means and ${deviation.length} deviations; give as many of each, one a channel.`,
      where,
    );
  const fits =
    channels === null ||
    mean.length === 1 ||
    mean.length === channels ||
    (channels === 1 && mean.length === 3);
  return fits
    ? ok(null)
    : fail(
        'standardization-channels',
        `This design standardizes ${mean.length} channels and its network reads ${channels}; give one mean and one deviation, or one for each of ${channels} channels.`,
        where,
      );
}
