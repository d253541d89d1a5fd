import { useMemo } from 'react';
import { useStore } from 'zustand';
import type { HardwareReport } from '../../core/hardware/report.ts';
import type { LayerId, Network } from '../../core/network/network.ts';
import { chosenLayers } from '../../state/actions/edit.ts';
import { editStore } from '../../state/editStore.ts';
import { hardwareStore } from '../../state/hardwareStore.ts';
import { trainingStore } from '../../state/trainingStore.ts';
import { uiStore } from '../../state/uiStore.ts';
import { useEntry } from '../useEntry.ts';

/** The chosen layers of the present network, the main one last. */
export function useChosen(): readonly LayerId[] {
  const { network } = useEntry().design;
  const selection = useStore(editStore, (state) => state.selection);
  const main = useStore(uiStore, (ui) => ui.selectedLayer);
  // biome-ignore lint/correctness/useExhaustiveDependencies: chosenLayers reads exactly these three
  return useMemo(chosenLayers, [network, selection, main]);
}

/** The estimate of this very network on the leading target; null until it is there, or where it can't be made. */
export function useReport(network: Network): HardwareReport | null {
  const { targetId } = useEntry().design.hardware;
  const answer = useStore(hardwareStore, (state) => state.answer);
  const result = answer?.baseline === network ? answer.before[targetId] : undefined;
  return result?.ok ? result.value : null;
}

/** While a training runs, the network stays as it is. */
export const useBusy = (): boolean => useStore(trainingStore, (state) => state.live !== null);
