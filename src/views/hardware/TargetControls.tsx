import type { DpuChoice, HardwareChoice } from '../../core/exploration/design.ts';
import { aluPixelChoices } from '../../core/hardware/dpu/architectures.ts';
import { clockOf } from '../../core/hardware/estimate.ts';
import { BOARDS } from '../../core/hardware/finn/tuning/boards.ts';
import { TARGETS, type TargetDescription, targetById } from '../../core/hardware/targets.ts';
import { formatCount } from '../../core/quantity.ts';
import { changeDesign } from '../../state/designStore.ts';
import { setUi } from '../../state/uiStore.ts';
import { NumberField, Segmented, SelectField } from '../parts/fields.tsx';
import { Panel } from '../parts/Panel.tsx';
import { useEntry } from '../useEntry.ts';
import { hasClock } from '../work.ts';

const TARGET_OPTIONS = TARGETS.map((target) => ({ value: target.id, label: target.name }));
const BOARD_OPTIONS = BOARDS.map((board) => ({ value: board.id, label: board.name }));

const patchHardware = (change: Partial<HardwareChoice>) =>
  changeDesign((design) => ({ ...design, hardware: { ...design.hardware, ...change } }));

const patchDpu = (change: Partial<DpuChoice>) =>
  changeDesign((design) => {
    const { hardware } = design;
    return { ...design, hardware: { ...hardware, dpu: { ...hardware.dpu, ...change } } };
  });

/** The chosen target of a family: the leading one, else the compared one. */
export function chosenOf(
  hardware: HardwareChoice,
  family: TargetDescription['family'],
): TargetDescription | undefined {
  return [hardware.targetId, hardware.comparedTargetId]
    .map(targetById)
    .find((target) => target?.family === family);
}

/** Which accelerators lead and compare, and their clocks. */
export function TargetControls() {
  const { hardware } = useEntry().design;
  const { targetId, comparedTargetId } = hardware;
  return (
    <Panel title="Target" className="controls">
      <div className="stack">
        <SelectField
          label="Leading target"
          value={targetId}
          options={TARGET_OPTIONS}
          hint={targetById(targetId)?.source}
          onChange={(id) => patchHardware({ targetId: id })}
        />
        <ClockField id={targetId} hardware={hardware} />
        <SelectField
          label="Compared with"
          value={comparedTargetId}
          options={TARGET_OPTIONS}
          onChange={(id) => patchHardware({ comparedTargetId: id })}
        />
        {comparedTargetId !== targetId && <ClockField id={comparedTargetId} hardware={hardware} />}
        <button type="button" onClick={() => setUi({ comparison: 'targets' })}>
          Compare the two, layer by layer
        </button>
      </div>
    </Panel>
  );
}

function ClockField({ id, hardware }: { id: string; hardware: HardwareChoice }) {
  if (!hasClock(id)) return null;
  return (
    <NumberField
      label={`Clock of ${targetById(id)?.name}`}
      value={clockOf(id, hardware) / 1e6}
      min={1}
      max={2000}
      unit="MHz"
      onChange={(megahertz) =>
        patchHardware({ clockHertz: { ...hardware.clockHertz, [id]: megahertz * 1e6 } })
      }
    />
  );
}

/** What FINN's estimate assumes: bits, board, the aim of automatic foldings. */
export function FinnControls() {
  const { hardware } = useEntry().design;
  if (!chosenOf(hardware, 'finn')) return null;
  return (
    <Panel title="FINN" subtitle="what the estimate assumes" className="controls">
      <div className="stack">
        <div className="field-grid">
          <NumberField
            label="Weight bits"
            value={hardware.weightBits}
            min={1}
            max={8}
            integer
            onChange={(weightBits) => patchHardware({ weightBits })}
          />
          <NumberField
            label="Activation bits"
            value={hardware.activationBits}
            min={1}
            max={8}
            integer
            onChange={(activationBits) => patchHardware({ activationBits })}
          />
        </div>
        <SelectField
          label="Board"
          value={hardware.boardId}
          options={BOARD_OPTIONS}
          hint="Its budget is the limit, its part decides the DSP block."
          onChange={(boardId) => patchHardware({ boardId })}
        />
        <NumberField
          label="Automatic folding aims at"
          value={hardware.targetCycles}
          min={1}
          max={1e9}
          integer
          unit="cycles a frame"
          hint={`${formatCount(clockOf('finn', hardware) / hardware.targetCycles, 'fps')}. FINN's own SetFolding folds every layer without a choice of yours.`}
          onChange={(targetCycles) => patchHardware({ targetCycles })}
        />
        <details>
          <summary>More of SetFolding</summary>
          <div className="stack">
            <NumberField
              label="Widest weight stream"
              value={hardware.setFolding.wwidthMax}
              min={1}
              max={1 << 20}
              integer
              unit="bits"
              hint="FINN's mvau_wwidth_max: SIMD grows no further than this; 36 is its default."
              onChange={(wwidthMax) => patchHardware({ setFolding: { ...hardware.setFolding, wwidthMax } })}
            />
            <Segmented
              label="Passes"
              value={hardware.setFolding.twoPass ? 2 : 1}
              options={PASSES}
              hint="A second pass aims at what the first reached, and saves what the slowest node makes useless."
              onChange={(passes) =>
                patchHardware({ setFolding: { ...hardware.setFolding, twoPass: passes === 2 } })
              }
            />
          </div>
        </details>
        <p className="hint">
          The measured accuracy is that of 32-bit floating point: training with few bits is not built yet.
        </p>
      </div>
    </Panel>
  );
}

const PASSES = [
  { value: 2 as const, label: 'two' },
  { value: 1 as const, label: 'one' },
];
const RAM_USAGE = [
  { value: 'low' as const, label: 'low' },
  { value: 'high' as const, label: 'high' },
];
const INSTRUCTION_SETS = [
  { value: 1 as const, label: 'ISA1' },
  { value: 0 as const, label: 'ISA0' },
];
const URAM = [
  { value: 'no', label: 'no' },
  { value: 'yes', label: 'yes' },
];

/** How the DPU is built, beside its size (PG338). */
export function DpuControls() {
  const { hardware } = useEntry().design;
  const target = chosenOf(hardware, 'dpu');
  if (!target?.architecture) return null;
  const { isa, aluPixels, ramUsage, dspUsage, uram } = hardware.dpu;
  const widths = aluPixelChoices(target.architecture);
  return (
    <Panel title="DPU" subtitle="how it is built" className="controls">
      <div className="stack">
        <Segmented
          label="Instruction set"
          value={isa}
          options={INSTRUCTION_SETS}
          onChange={(value) => patchDpu({ isa: value })}
        />
        <SelectField
          label="ALU_PP"
          value={String(aluPixels)}
          options={[
            { value: 'null', label: 'half of PP, as recommended' },
            ...widths.map((pixels) => ({ value: String(pixels), label: `${pixels} pixels a cycle` })),
          ]}
          hint="Depthwise convolutions, pooling and additions run on the ALU."
          onChange={(value) =>
            patchDpu({ aluPixels: widths.find((pixels) => String(pixels) === value) ?? null })
          }
        />
        <div className="field-grid">
          <Segmented
            label="RAM usage"
            value={ramUsage}
            options={RAM_USAGE}
            onChange={(value) => patchDpu({ ramUsage: value })}
          />
          <Segmented
            label="DSP usage"
            value={dspUsage}
            options={RAM_USAGE}
            onChange={(value) => patchDpu({ dspUsage: value })}
          />
        </div>
        <Segmented
          label="UltraRAM"
          value={uram ? 'yes' : 'no'}
          options={URAM}
          hint="RAM, DSP and UltraRAM change what the core takes, not its time in this model."
          onChange={(value) => patchDpu({ uram: value === 'yes' })}
        />
      </div>
    </Panel>
  );
}
