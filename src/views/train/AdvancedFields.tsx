import type { Recipe } from '../../core/exploration/design.ts';
import { hasOwnWarmUp } from '../../core/training/schedule.ts';
import { NumberField, SelectField } from '../parts/fields.tsx';
import type { RecipeFieldsProps } from './RecipeFields.tsx';

/** The part of a recipe that most trainings leave as it is: regularization, what the end of an epoch decides. */
export function AdvancedFields({ recipe, disabled, onChange }: RecipeFieldsProps) {
  const patch = (change: Partial<Recipe>) => onChange({ ...recipe, ...change });
  return (
    <details>
      <summary>Advanced: {advancedState(recipe)}</summary>
      <div className="field-grid">
        <Regularization recipe={recipe} disabled={disabled} patch={patch} />
        <Callbacks recipe={recipe} disabled={disabled} patch={patch} />
        <NumberField
          label="Batches an epoch"
          value={recipe.stepsPerEpoch ?? 0}
          min={0}
          max={100_000}
          integer
          disabled={disabled}
          hint="0: all images once"
          onChange={(steps) => patch({ stepsPerEpoch: steps === 0 ? null : steps })}
        />
        <NumberField
          label="Seed"
          value={recipe.seed}
          min={0}
          max={2 ** 31 - 1}
          integer
          disabled={disabled}
          onChange={(seed) => patch({ seed })}
        />
      </div>
    </details>
  );
}

/** What of it is on, in a few words. */
function advancedState(recipe: Recipe): string {
  const on = [
    recipe.weightDecay > 0 && 'decay',
    recipe.clipNorm !== null && 'clipping',
    recipe.labelSmoothing > 0 && 'smoothing',
    recipe.classWeights === 'balanced' && 'balanced classes',
    recipe.balance !== 'as is' && recipe.balance,
    recipe.warmUpEpochs > 0 && !hasOwnWarmUp(recipe) && 'warm-up',
    recipe.earlyStopping !== null && 'early stopping',
    recipe.reduceOnPlateau !== null && 'plateau',
    recipe.checkpoint === 'best-only' && 'best weights',
    recipe.measuresMap && 'mAP',
  ].filter((word) => word !== false);
  return on.length === 0 ? 'nothing set' : on.join(', ');
}

interface PartProps {
  readonly recipe: Recipe;
  readonly disabled: boolean;
  readonly patch: (change: Partial<Recipe>) => void;
}

function Regularization({ recipe, disabled, patch }: PartProps) {
  return (
    <>
      <NumberField
        label="Weight decay"
        value={recipe.weightDecay}
        min={0}
        max={10}
        disabled={disabled}
        hint={recipe.optimizer === 'adamw' ? 'decoupled; kernels' : 'L2; kernels'}
        onChange={(weightDecay) => patch({ weightDecay })}
      />
      <NumberField
        label="Clip gradients at"
        value={recipe.clipNorm ?? 0}
        min={0}
        max={1e6}
        disabled={disabled}
        hint="norm; 0: never"
        onChange={(norm) => patch({ clipNorm: norm === 0 ? null : Math.max(1e-6, norm) })}
      />
      <NumberField
        label="Label smoothing"
        value={recipe.labelSmoothing}
        min={0}
        max={0.99}
        disabled={disabled}
        onChange={(labelSmoothing) => patch({ labelSmoothing })}
      />
      <SelectField
        label="Class weights"
        value={recipe.classWeights}
        disabled={disabled}
        options={[
          { value: 'none', label: 'Equal' },
          { value: 'balanced', label: 'Balanced' },
        ]}
        onChange={(classWeights) => patch({ classWeights })}
      />
    </>
  );
}

function Callbacks({ recipe, disabled, patch }: PartProps) {
  const { earlyStopping, reduceOnPlateau } = recipe;
  return (
    <>
      <NumberField
        label="Stop early after"
        value={earlyStopping?.patience ?? 0}
        min={0}
        max={10_000}
        integer
        disabled={disabled}
        hint="epochs; 0: never"
        onChange={(patience) =>
          patch({
            earlyStopping:
              patience === 0 ? null : { patience, restoreBest: earlyStopping?.restoreBest ?? true },
          })
        }
      />
      <SelectField
        label="Weights at the end"
        value={earlyStopping?.restoreBest || recipe.checkpoint === 'best-only' ? 'best' : 'last'}
        disabled={disabled}
        options={[
          { value: 'last', label: 'Last' },
          { value: 'best', label: 'Best' },
        ]}
        onChange={(end) =>
          patch({
            checkpoint: end === 'best' ? 'best-only' : 'each-epoch',
            earlyStopping: earlyStopping && { ...earlyStopping, restoreBest: end === 'best' },
          })
        }
      />
      <NumberField
        label="Lower the rate after"
        value={reduceOnPlateau?.patience ?? 0}
        min={0}
        max={10_000}
        integer
        disabled={disabled}
        hint="epochs; 0: never"
        onChange={(patience) =>
          patch({
            reduceOnPlateau: patience === 0 ? null : { patience, factor: reduceOnPlateau?.factor ?? 0.1 },
          })
        }
      />
      {reduceOnPlateau && (
        <NumberField
          label="Lower it to"
          value={reduceOnPlateau.factor}
          min={1e-6}
          max={1}
          disabled={disabled}
          hint="of what it was"
          onChange={(factor) => patch({ reduceOnPlateau: { ...reduceOnPlateau, factor } })}
        />
      )}
      <SelectField
        label="mAP each epoch"
        value={recipe.measuresMap ? 'yes' : 'no'}
        disabled={disabled}
        options={[
          { value: 'no', label: 'No' },
          { value: 'yes', label: 'Measured' },
        ]}
        onChange={(choice) => patch({ measuresMap: choice === 'yes' })}
      />
      {!hasOwnWarmUp(recipe) && (
        <NumberField
          label="Warm-up"
          value={recipe.warmUpEpochs}
          min={0}
          max={10_000}
          disabled={disabled}
          unit="epochs"
          onChange={(warmUpEpochs) => patch({ warmUpEpochs })}
        />
      )}
    </>
  );
}
