import type { HeldPart } from '../../workers/protocol.ts';
import { Segmented } from '../parts/fields.tsx';
import { partHint } from './metricsText.ts';

const NO_TEST = 'No image is held back for testing; give the test part a share in Data.';

interface PartChoiceProps {
  readonly part: HeldPart;
  readonly imageCount: Readonly<Record<HeldPart, number>>;
  readonly onChange: (part: HeldPart) => void;
}

/** Which images the whole page is about. */
export function PartChoice({ part, imageCount, onChange }: PartChoiceProps) {
  return (
    <div className="span-all part-choice">
      <Segmented
        label="Images"
        value={part}
        options={[
          { value: 'validation', label: 'Validation' },
          { value: 'test', label: 'Test', problem: imageCount.test === 0 ? NO_TEST : null },
        ]}
        onChange={onChange}
      />
      <p className="hint">{partHint(imageCount)}</p>
    </div>
  );
}
