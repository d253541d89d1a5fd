import { useStore } from 'zustand';
import { normalizationName } from '../../core/data/normalizationChoice.ts';
import { chooseNormalization } from '../../state/actions/normalization.ts';
import { normalizationStore, verdictFor } from '../../state/normalizationStore.ts';
import { useEntry } from '../useEntry.ts';
import { useBusy } from './useEditing.ts';

/** Says where images reach a network from a file in another normalization than it was trained with. Blocks nothing. */
export function NormalizationWarning() {
  const entry = useEntry();
  const busy = useBusy();
  const verdict = useStore(normalizationStore, ({ answer }) => verdictFor(answer, entry));
  if (!verdict) return null;
  const { better, sentence } = verdict;
  return (
    <p className="hint warn" role="status">
      {sentence}{' '}
      {better && (
        <button type="button" disabled={busy} onClick={() => chooseNormalization(better)}>
          Use {normalizationName(better)}
        </button>
      )}
    </p>
  );
}
