import { DEFAULT_LIU } from '../../core/exploration/defaultDesign.ts';
import type { LiuChoice } from '../../core/exploration/design.ts';
import { changeDesign } from '../../state/designStore.ts';
import { NumberField, SelectField } from '../parts/fields.tsx';
import { Panel } from '../parts/Panel.tsx';
import { useEntry } from '../useEntry.ts';
import { chosenOf } from './TargetControls.tsx';

const patchLiu = (change: Partial<LiuChoice>) =>
  changeDesign((design) => {
    const { hardware } = design;
    return { ...design, hardware: { ...hardware, liu: { ...hardware.liu, ...change } } };
  });

const PK = [1, 4, 9, 16, 25].map((taps) => ({ value: String(taps), label: `${taps} kernel taps` }));
const PADDING = [
  { value: 'operation-separate' as const, label: 'operation-separate (eq. 2)' },
  { value: 'direct' as const, label: 'direct: zeros are streamed' },
];
const OVERLAP = [
  { value: 'maps' as const, label: 'maps only: weights load first' },
  { value: 'all' as const, label: 'all four tasks (Fig. 12)' },
  { value: 'none' as const, label: 'none: one after the other' },
];
const LANES: readonly (readonly ['pv' | 'pc' | 'pf' | 'pd', string])[] = [
  ['pc', 'PC, input channels'],
  ['pf', 'PF, filters'],
  ['pv', 'PV, pixels of a 1x1'],
  ['pd', 'PD, depthwise pixels'],
];

/** The parallelism of the engine and how it hides transfers. */
export function LiuControls() {
  const { hardware } = useEntry().design;
  if (!chosenOf(hardware, 'liu')) return null;
  const { liu } = hardware;
  return (
    <Panel title="Liu engine" subtitle="source 004" className="controls">
      <div className="stack">
        <SelectField
          label="PK"
          value={String(liu.pk)}
          options={PK}
          onChange={(value) => patchLiu({ pk: Number(value) })}
        />
        {LANES.map(([key, label]) => (
          <NumberField
            key={key}
            label={label}
            value={liu[key]}
            min={1}
            max={1024}
            integer
            onChange={(value) => patchLiu({ [key]: value })}
          />
        ))}
        <SelectField
          label="Padding"
          value={liu.padding}
          options={PADDING}
          onChange={(padding) => patchLiu({ padding })}
        />
        <SelectField
          label="Overlap"
          value={liu.overlap}
          options={OVERLAP}
          hint="With all four tasks overlapped no bandwidth comes closer than 21 % to the published times."
          onChange={(overlap) => patchLiu({ overlap })}
        />
        <button type="button" onClick={() => patchLiu(DEFAULT_LIU)}>
          As published
        </button>
      </div>
    </Panel>
  );
}
