import { useEffect, useState } from 'react';
import { useStore } from 'zustand';
import { modelStore } from '../../state/modelStore.ts';
import { keptBytes } from '../../state/persistence.ts';
import { runsStore } from '../../state/runsStore.ts';

export interface DiskUse {
  /** Bytes of weights that are kept, by model. */
  readonly byModel: ReadonlyMap<string, number>;
  /** What the browser says of the whole page; null where it does not. */
  readonly page: { readonly used: number; readonly quota: number } | null;
}

const NOTHING: DiskUse = { byModel: new Map(), page: null };
/** What changes is saved a moment later. */
const SETTLED_AFTER_MS = 700;

async function measure(): Promise<DiskUse> {
  const byModel = await keptBytes();
  const estimate = await navigator.storage?.estimate?.().catch(() => null);
  const { usage, quota } = estimate ?? {};
  return {
    byModel,
    page: usage === undefined || quota === undefined ? null : { used: usage, quota },
  };
}

/** What runs take on the disk, measured anew when runs or models have changed. */
export function useDiskUse(): DiskUse {
  const runs = useStore(runsStore, (state) => state.runs);
  const models = useStore(modelStore, (state) => state.models);
  const [use, setUse] = useState(NOTHING);
  // biome-ignore lint/correctness/useExhaustiveDependencies: what changed is not read, but is the reason to measure
  useEffect(() => {
    let isCurrent = true;
    const take = () => void measure().then((measured) => isCurrent && setUse(measured));
    take();
    const timer = setTimeout(take, SETTLED_AFTER_MS);
    return () => {
      isCurrent = false;
      clearTimeout(timer);
    };
  }, [runs, models]);
  return use;
}

const THREE_DIGITS = new Intl.NumberFormat('en-US', { maximumSignificantDigits: 3 });

/** 0.35 MB; three digits. */
export const megabytes = (bytes: number): string => `${THREE_DIGITS.format(bytes / 1e6)} MB`;
