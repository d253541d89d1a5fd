import { useId, useMemo, useState } from 'react';
import {
  AUGMENTATION_KINDS,
  AUGMENTATIONS,
  type AugmentationChoice,
  type AugmentationKind,
  NO_AUGMENTATION,
  USUAL_AUGMENTATION,
} from '../../core/data/augmentChoice.ts';
import type { FeatureMap } from '../../core/network/network.ts';
import { describeMap } from '../../core/network/shapes.ts';
import type { Samples } from '../../state/dataStore.ts';
import { NumberField } from '../parts/fields.tsx';
import { Panel } from '../parts/Panel.tsx';
import {
  alone,
  augmentedSamples,
  needsColor,
  type PreviewImages,
  previewImages,
} from './augmentedSamples.ts';
import { ImageStrip } from './ImageStrip.tsx';

/** Images in each strip. */
const SHOWN = 4;

interface AugmentationPreviewProps {
  readonly samples: Samples;
  /** What the network reads: images are shown in that size, as training augments them. */
  readonly input: FeatureMap;
  readonly choice: AugmentationChoice;
  readonly disabled?: boolean;
  readonly onChange: (choice: AugmentationChoice) => void;
}

/** Every operation with its switch, its strength, and images after it; the images as they are stand above. */
export function AugmentationPreview({
  samples,
  input,
  choice,
  disabled = false,
  onChange,
}: AugmentationPreviewProps) {
  const [seed, setSeed] = useState(1);
  const preview = useMemo(() => previewImages(samples, SHOWN, input), [samples, input]);
  const { images, image } = preview;
  const together = useMemo(() => augmentedSamples(preview, choice, seed), [preview, choice, seed]);
  return (
    <Panel
      title="Augmentation"
      subtitle="Training images are changed at random, anew in every epoch; validation images never"
      actions={
        <>
          <button
            type="button"
            className="quiet small"
            disabled={disabled}
            onClick={() => onChange(USUAL_AUGMENTATION)}
          >
            The usual set
          </button>
          <button
            type="button"
            className="quiet small"
            disabled={disabled}
            onClick={() => onChange(NO_AUGMENTATION)}
          >
            All off
          </button>
          <button type="button" className="quiet small" onClick={() => setSeed((before) => before + 1)}>
            Draw again
          </button>
        </>
      }
    >
      <div className="sheet augmentations">
        <div className="augmentation">
          <span className="sheet-name" title="As the network reads it">
            Before, at {describeMap(image)}
          </span>
          <ImageStrip images={images} image={image} label={`${images.length} images as they are`} />
        </div>
        <div className="augmentation">
          <span className="sheet-name">All that is on, together</span>
          <ImageStrip images={together} image={image} label="The same images augmented" />
        </div>
        {AUGMENTATION_KINDS.map((kind) => (
          <Operation
            key={kind}
            kind={kind}
            choice={choice}
            preview={preview}
            seed={seed}
            disabled={disabled}
            onChange={onChange}
          />
        ))}
      </div>
    </Panel>
  );
}

interface OperationProps
  extends Required<Pick<AugmentationPreviewProps, 'choice' | 'disabled' | 'onChange'>> {
  readonly kind: AugmentationKind;
  readonly preview: PreviewImages;
  readonly seed: number;
}

function Operation({ kind, choice, preview, seed, disabled, onChange }: OperationProps) {
  const id = useId();
  const { name, explanation, unit, most } = AUGMENTATIONS[kind];
  const { on, strength } = choice[kind];
  const after = useMemo(
    () => augmentedSamples(preview, alone(choice, kind), seed),
    [preview, choice, kind, seed],
  );
  const percent = unit === 'share';
  const shown = percent ? Math.round(1000 * strength) / 10 : strength;
  return (
    <div className="augmentation">
      <div className="augmentation-choice">
        <label className="check" htmlFor={id}>
          <input
            id={id}
            type="checkbox"
            checked={on}
            disabled={disabled}
            onChange={(event) => onChange({ ...choice, [kind]: { on: event.target.checked, strength } })}
          />
          {name}
        </label>
        <div className="bare-field">
          <NumberField
            label={`Strength of ${name.toLowerCase()}`}
            value={shown}
            min={0}
            max={percent ? 100 * most : most}
            unit={percent ? '%' : unit === 'degrees' ? '°' : 'x'}
            hint={
              needsColor(kind, preview.image.channels)
                ? 'Does nothing here: the network reads no colors.'
                : explanation
            }
            disabled={disabled}
            onChange={(value) =>
              onChange({ ...choice, [kind]: { on, strength: percent ? value / 100 : value } })
            }
          />
        </div>
      </div>
      <ImageStrip
        images={after}
        image={preview.image}
        label={`The same images after ${name.toLowerCase()}`}
      />
    </div>
  );
}
