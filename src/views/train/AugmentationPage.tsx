import { useStore } from 'zustand';
import type { AugmentationChoice } from '../../core/data/augmentChoice.ts';
import type { FeatureMap, Layer, Network } from '../../core/network/network.ts';
import { geometryAt } from '../../core/network/shapes.ts';
import { dataStore } from '../../state/dataStore.ts';
import { cachedGeometry } from '../../state/derived.ts';
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

/** What the network reads: one object a network, so that nothing is drawn again without need. */
function inputMap(network: Network): FeatureMap {
  const input = network.layers.find(({ kind }) => kind === 'input') as Layer;
  return geometryAt(cachedGeometry(network), input.id).ofm;
}

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
        input={inputMap(design.network)}
        choice={design.recipe.augmentation}
        disabled={busy}
        onChange={choose}
      />
    </div>
  );
}
