import type { HeldPart } from '../../workers/protocol.ts';
import { Segmented } from '../parts/fields.tsx';
import { partHint } from './metricsText.ts';

interface PartChoiceProps {
  readonly part: HeldPart;
  readonly testCount: number;
  readonly onChange: (part: HeldPart) => void;
}

/** Which images the whole page is about. */
export function PartChoice({ part, testCount, onChange }: PartChoiceProps) {
  return (
    <div className="span-all part-choice">
      <Segmented
        label="Images"
        value={part}
        options={[
          { value: 'validation', label: 'Validation' },
          { value: 'test', label: 'Test', problem: testCount === 0 ? partHint(testCount) : null },
        ]}
        onChange={onChange}
      />
      <p className="hint">{partHint(testCount)}</p>
    </div>
  );
}
