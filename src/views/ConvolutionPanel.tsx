import { useEffect, useMemo, useState } from 'react';
import { useStore } from 'zustand';
import type { KernelsData } from '../charts/kernelsModel.ts';
import type { HardwareChoice } from '../core/exploration/design.ts';
import type { HardwareReport } from '../core/hardware/report.ts';
import { type TargetDescription, targetById } from '../core/hardware/targets.ts';
import { groupedCost, separableCost, standardCost } from '../core/network/convolutionCosts.ts';
import type { Network } from '../core/network/network.ts';
import { describeMap } from '../core/network/shapes.ts';
import { formatSignificant } from '../core/quantity.ts';
import { convolutionStore, requestConvolutionTimes } from '../state/convolutionStore.ts';
import { setUi, uiStore } from '../state/uiStore.ts';
import { CostTable, type Times } from './convolution/CostTable.tsx';
import {
  type ChosenConvolution,
  chosenConvolution,
  comparedText,
  convolutionsOf,
  possibleGroups,
} from './convolution/chosenConvolution.ts';
import { SavingCurve } from './convolution/SavingCurve.tsx';
import { KERNELS } from './network/chartKinds.ts';
import { ChartPanel } from './parts/ChartPanel.tsx';
import { SelectField } from './parts/fields.tsx';
import { Empty, Panel } from './parts/Panel.tsx';
import { useEntry } from './useEntry.ts';
import { formatWork } from './work.ts';

const TITLE = 'Kinds of convolution';

/** The chosen convolution as a standard, a grouped and a depthwise separable one: kernels, costs, estimated time. */
export function ConvolutionPanel() {
  const { network, hardware } = useEntry().design;
  const selected = useStore(uiStore, (ui) => ui.selectedLayer);
  const chosen = useMemo(() => chosenConvolution(network, selected), [network, selected]);
  if (chosen) return <KindsOf network={network} chosen={chosen} hardware={hardware} />;
  return (
    <Panel title={TITLE} className="kernels-panel">
      <Empty>This network has no convolution to compare.</Empty>
    </Panel>
  );
}

interface KindsProps {
  readonly network: Network;
  readonly chosen: ChosenConvolution;
  readonly hardware: HardwareChoice;
}

function KindsOf({ network, chosen, hardware }: KindsProps) {
  const { layer, size, asBuilt, isSelected } = chosen;
  const [wantedGroups, setWantedGroups] = useState<number | null>(null);
  const groups = possibleGroups(size);
  const groupCount = groups.find((count) => count === wantedGroups) ?? groups[0] ?? 1;
  const target = timedTarget(hardware);
  const reports = useReports(chosen, hardware);
  const data = useMemo(
    (): KernelsData => ({ label: layer.id, layerIds: [layer.id], convolution: { size, asBuilt } }),
    [layer, size, asBuilt],
  );
  const map = describeMap({
    height: size.outputHeight,
    width: size.outputWidth,
    channels: size.outputChannels,
  });
  return (
    <ChartPanel
      title={TITLE}
      subtitle={`${layer.id}${isSelected ? '' : ', the one with the most MACs'}: ${size.inputChannels} channels to ${map}; depth drawn by its logarithm`}
      kind={KERNELS}
      data={data}
      fileName={`kernels-${layer.id}`}
      className="kernels-panel"
    >
      <CostTable
        size={size}
        asBuilt={asBuilt}
        grouped={groups.length > 0 ? groupedCost(size, groupCount) : null}
        groupCount={groupCount}
        times={timesOf(reports, target)}
      />
      <p className="chart-note">{meaning(chosen, reports, target)}</p>
      <div className="field-row">
        <SelectField
          label="Layer"
          value={layer.id}
          options={convolutionsOf(network).map(({ id }) => ({ value: id, label: id }))}
          onChange={(selectedLayer) => setUi({ selectedLayer })}
        />
        {groups.length > 0 && (
          <SelectField
            label="Groups"
            value={String(groupCount)}
            options={groups.map((count) => ({ value: String(count), label: String(count) }))}
            onChange={(value) => setWantedGroups(Number(value))}
          />
        )}
        <SavingCurve key={layer.id} size={size} />
      </div>
    </ChartPanel>
  );
}

interface Reports {
  readonly standard: HardwareReport;
  readonly separable: HardwareReport;
}

/**
 * The leading target, or the compared one where a pipeline leads: that spends what hardware it is given on each
 * layer, so that one layer alone says nothing about its time.
 */
const timedTarget = ({ targetId, comparedTargetId }: HardwareChoice): TargetDescription | null =>
  [targetId, comparedTargetId].map(targetById).find((target) => target && target.family !== 'finn') ?? null;

/** Both on a target; a sentence where that can't be; null while it is being estimated. */
function useReports({ pair }: ChosenConvolution, hardware: HardwareChoice): Reports | string | null {
  const answer = useStore(convolutionStore, (state) => state.answer);
  const targetId = timedTarget(hardware)?.id;
  useEffect(() => {
    if (targetId) requestConvolutionTimes({ pair, targetId, hardware });
  }, [pair, targetId, hardware]);
  if (!targetId)
    return 'On FINN the time of a layer is a choice of its folding; choose another target to compare times.';
  if (answer?.pair !== pair || answer.targetId !== targetId || answer.hardware !== hardware) return null;
  const { standard, separable } = answer;
  if (!standard.ok) return standard.error.message;
  if (!separable.ok) return separable.error.message;
  return { standard: standard.value, separable: separable.value };
}

function timesOf(reports: Reports | string | null, target: TargetDescription | null): Times | null {
  if (!target || typeof reports === 'string') return null;
  const unit = `Estimated on ${target.name}`;
  if (!reports) return { unit, standard: '…', separable: '…' };
  const { standard, separable } = reports;
  return {
    unit,
    standard: formatWork(standard.initiationInterval, standard),
    separable: formatWork(separable.initiationInterval, separable),
  };
}

function timeSentence(reports: Reports | string | null, target: TargetDescription | null): string {
  if (reports === null) return 'Estimating how long both take…';
  if (typeof reports === 'string') return reports;
  const ratio = reports.standard.initiationInterval / reports.separable.initiationInterval;
  const said =
    ratio >= 1 ? `${formatSignificant(ratio)} times faster` : `${formatSignificant(1 / ratio)} times slower`;
  return `Fewer MACs are not as much less time: on ${target?.name} the separable form, alone with its batch norm and ReLU, is estimated to be ${said}.`;
}

function meaning(
  { size }: ChosenConvolution,
  reports: Reports | string | null,
  target: TargetDescription | null,
): string {
  const compared = comparedText(separableCost(size).macCount, standardCost(size).macCount);
  return `Depthwise separable means one kernel a channel, then 1x1 kernels over all channels, each followed by batch norm and ReLU. Against a standard convolution that is ${compared} MACs. It computes something else, so it has to be trained anew. ${timeSentence(reports, target)}`;
}
