import { useEffect } from 'react';
import { useStore } from 'zustand';
import type { TrainingStatistics } from '../../core/data/trainingStatistics.ts';
import type { DataChoice, Standardization } from '../../core/exploration/design.ts';
import { formatInteger, formatSignificant } from '../../core/quantity.ts';
import { compareStandardization, standardize } from '../../state/actions/standardize.ts';
import { standardizationOf } from '../../state/dataStore.ts';
import { statisticsKey, statisticsStore } from '../../state/statisticsStore.ts';
import { NormalizationWarning } from '../network/NormalizationWarning.tsx';
import { SelectField } from '../parts/fields.tsx';
import { LiveField } from '../parts/LiveField.tsx';

const NORMALIZATIONS = [
  { value: 'signed' as const, label: '−1 to 1' },
  { value: 'unit' as const, label: '0 to 1' },
  { value: 'standardized' as const, label: 'By mean and deviation' },
  { value: 'none' as const, label: '0 to 255, as they are' },
];

interface NormalizationFieldsProps {
  readonly data: DataChoice;
  readonly hasImages: boolean;
  readonly disabled: boolean;
  readonly onChange: (change: Partial<DataChoice>) => void;
}

const MOST_CHANNELS = 4;

/** Numbers as a user types them; a sentence where they are none. */
function numbersOf(text: string, least: number): readonly number[] | string {
  const values = text
    .split(/[\s,;]+/)
    .filter((part) => part !== '')
    .map(Number);
  if (values.length === 0 || values.length > MOST_CHANNELS || values.some((value) => !Number.isFinite(value)))
    return 'Give one number for all channels, or one for each, separated by commas.';
  return values.every((value) => value >= least && Math.abs(value) <= 1e6)
    ? values
    : `Numbers must be from ${least === -1e6 ? '−1,000,000' : '0.000000001'} to 1,000,000.`;
}

const shown = (values: readonly number[]) => values.map((value) => formatSignificant(value, 5)).join(', ');
const plain = (values: readonly number[]) => shown(values).replaceAll('−', '-');

/** Equal as far as they are shown. */
const isSame = (one: Standardization, other: Standardization) =>
  plain(one.mean) === plain(other.mean) && plain(one.deviation) === plain(other.deviation);

/** Which images were measured: those that are trained with, unless all are held back. */
const imagesText = ({ part, imageCount }: TrainingStatistics) =>
  part === 'train'
    ? `${formatInteger(imageCount)} images to train with`
    : `${formatInteger(imageCount)} images for validation, as none is left to train with`;

/** How bytes reach the network, with the numbers that a standardization takes. */
export function NormalizationFields(props: NormalizationFieldsProps) {
  const { data, hasImages, disabled, onChange } = props;
  const { normalization, standardization } = data;
  const statistics = useStore(statisticsStore, ({ known }) => known[statisticsKey(data)] ?? null);
  const own = statistics && standardizationOf(statistics);
  const unknown = normalization === 'standardized' && hasImages && own === null ? statisticsKey(data) : null;
  useEffect(() => {
    if (unknown !== null) void compareStandardization();
  }, [unknown]);
  const set = (key: keyof Standardization, least: number) => (text: string) => {
    const values = numbersOf(text, least);
    if (typeof values === 'string') return values;
    onChange({ standardization: { ...(standardization ?? { mean: [0], deviation: [1] }), [key]: values } });
    return null;
  };
  return (
    <>
      <SelectField
        label="Pixels reach the network as"
        value={normalization}
        options={NORMALIZATIONS}
        disabled={disabled}
        onChange={(value) => {
          if (value !== 'standardized') onChange({ normalization: value });
          else if (hasImages) void standardize();
          else
            onChange({
              normalization: value,
              standardization: standardization ?? { mean: [127.5], deviation: [127.5] },
            });
        }}
      />
      <NormalizationWarning />
      {normalization === 'standardized' && standardization && (
        <div className="stack">
          <LiveField
            label="Mean of each channel, in bytes"
            value={plain(standardization.mean)}
            disabled={disabled}
            whenLeft
            onChange={set('mean', -1e6)}
          />
          <LiveField
            label="Deviation of each channel, in bytes"
            value={plain(standardization.deviation)}
            disabled={disabled}
            whenLeft
            onChange={set('deviation', 1e-9)}
          />
          {own && isSame(own, standardization) ? (
            <p className="hint">Those of the {imagesText(statistics)}.</p>
          ) : (
            <p className="hint">
              {own
                ? `Of the ${imagesText(statistics)}: mean ${shown(own.mean)} and deviation ${shown(own.deviation)}. `
                : 'Not compared with these images yet. '}
              <button
                type="button"
                className="link"
                disabled={disabled || !hasImages}
                onClick={() => void standardize()}
              >
                Take those of the images to train with
              </button>
            </p>
          )}
        </div>
      )}
    </>
  );
}
