import type { Recipe, Schedule } from '../../core/exploration/design.ts';
import { NumberField, SelectField } from '../parts/fields.tsx';
import type { RecipeFieldsProps } from './RecipeFields.tsx';

/** What a schedule starts with when it is chosen. */
function freshSchedule(kind: Schedule['kind'], { learningRate, epochs }: Recipe): Schedule {
  switch (kind) {
    case 'constant':
      return { kind };
    case 'step':
      return { kind, factor: 0.1, everyEpochs: Math.max(1, Math.round(epochs / 3)) };
    case 'cosine':
      return { kind, endShare: 0.01 };
    case 'one-cycle':
      // fastai's shares of the greatest rate: 1/25 at the start, 1/25 of 1e-4 at the end
      return { kind, riseShare: 0.3, startShare: 0.04, endShare: 4e-6 };
    case 'range':
      return { kind, low: learningRate / 10, high: learningRate, shape: 'triangular', cycles: 1 };
  }
}

/** How the learning rate moves, with what belongs to the chosen way. */
export function ScheduleFields({ recipe, disabled, onChange }: RecipeFieldsProps) {
  const { schedule } = recipe;
  const set = (next: Schedule) => onChange({ ...recipe, schedule: next });
  return (
    <>
      <SelectField
        label="Schedule"
        value={schedule.kind}
        disabled={disabled}
        options={[
          { value: 'constant', label: 'Constant' },
          { value: 'step', label: 'Steps' },
          { value: 'cosine', label: 'Cosine' },
          { value: 'one-cycle', label: 'One cycle' },
          { value: 'range', label: 'Range' },
        ]}
        onChange={(kind) => set(freshSchedule(kind, recipe))}
      />
      <Details schedule={schedule} disabled={disabled} set={set} />
    </>
  );
}

interface DetailsProps {
  readonly schedule: Schedule;
  readonly disabled: boolean;
  readonly set: (next: Schedule) => void;
}

function Details({ schedule, disabled, set }: DetailsProps) {
  switch (schedule.kind) {
    case 'constant':
      return null;
    case 'step':
      return (
        <>
          <NumberField
            label="Times"
            value={schedule.factor}
            min={1e-6}
            max={1}
            disabled={disabled}
            onChange={(factor) => set({ ...schedule, factor })}
          />
          <NumberField
            label="Every"
            value={schedule.everyEpochs}
            min={1}
            max={10_000}
            integer
            unit="epochs"
            disabled={disabled}
            onChange={(everyEpochs) => set({ ...schedule, everyEpochs })}
          />
        </>
      );
    case 'cosine':
      return (
        <Share
          label="Down to"
          value={schedule.endShare}
          disabled={disabled}
          set={(endShare) => set({ ...schedule, endShare })}
        />
      );
    case 'one-cycle':
      return (
        <>
          <Share
            label="From"
            value={schedule.startShare}
            disabled={disabled}
            set={(startShare) => set({ ...schedule, startShare })}
          />
          <NumberField
            label="Rising during"
            value={schedule.riseShare}
            min={0.01}
            max={0.99}
            disabled={disabled}
            hint="of the training"
            onChange={(riseShare) => set({ ...schedule, riseShare })}
          />
          <Share
            label="Down to"
            value={schedule.endShare}
            disabled={disabled}
            set={(endShare) => set({ ...schedule, endShare })}
          />
        </>
      );
    case 'range':
      return <RangeFields schedule={schedule} disabled={disabled} set={set} />;
  }
}

interface ShareProps {
  readonly label: string;
  readonly value: number;
  readonly disabled: boolean;
  readonly set: (value: number) => void;
}

function Share({ label, value, disabled, set }: ShareProps) {
  return (
    <NumberField
      label={label}
      value={value}
      min={0}
      max={1}
      disabled={disabled}
      hint="of the rate"
      onChange={set}
    />
  );
}

function RangeFields({ schedule, disabled, set }: DetailsProps & { schedule: Schedule & { kind: 'range' } }) {
  return (
    <>
      <SelectField
        label="Shape"
        value={schedule.shape}
        disabled={disabled}
        options={[
          { value: 'triangular', label: 'Triangle' },
          { value: 'cosine', label: 'Cosine' },
        ]}
        onChange={(shape) => set({ ...schedule, shape })}
      />
      <NumberField
        label="Lowest rate"
        value={schedule.low}
        min={1e-9}
        max={schedule.high}
        disabled={disabled}
        onChange={(low) => set({ ...schedule, low })}
      />
      <NumberField
        label="Highest rate"
        value={schedule.high}
        min={schedule.low}
        max={100}
        disabled={disabled}
        onChange={(high) => set({ ...schedule, high })}
      />
      <NumberField
        label="Cycles"
        value={schedule.cycles}
        min={1}
        max={1000}
        integer
        disabled={disabled}
        onChange={(cycles) => set({ ...schedule, cycles })}
      />
    </>
  );
}
