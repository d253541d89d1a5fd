import { useStore } from 'zustand';
import type { AugmentationChoice } from '../../core/data/augmentChoice.ts';
import { dataStore } from '../../state/dataStore.ts';
import { changeDesign } from '../../state/designStore.ts';
import { trainingStore } from '../../state/trainingStore.ts';
import { AugmentationPreview } from '../data/AugmentationPreview.tsx';
import { Empty, Panel } from '../parts/Panel.tsx';
import { useEntry } from '../useEntry.ts';

/** What is done to the training images, for training and fine-tuning alike. */
const choose = (augmentation: AugmentationChoice) =>
  changeDesign((design) => ({
    ...design,
    recipe: { ...design.recipe, augmentation },
    fineTune: { ...design.fineTune, augmentation },
  }));

export function AugmentationPage() {
  const { design } = useEntry();
  const data = useStore(dataStore, (state) => state.data);
  const busy = useStore(trainingStore, (state) => state.live !== null);
  if (data.status !== 'ready') {
    return (
      <Panel title="Augmentation" className="span-all">
        <Empty>Augmentation is shown on the images; choose some in Data.</Empty>
      </Panel>
    );
  }
  return (
    <div className="span-all">
      <AugmentationPreview
        samples={data.data.samples}
        choice={design.recipe.augmentation}
        disabled={busy}
        onChange={choose}
      />
    </div>
  );
}
