import type { Recipe } from '../../core/exploration/design.ts';
import { NAMED_RECIPES, nameOf, withNamed } from '../../core/training/recipes.ts';
import { NumberField, SelectField } from '../parts/fields.tsx';
import { AdvancedFields } from './AdvancedFields.tsx';
import { ScheduleFields } from './ScheduleFields.tsx';

export interface RecipeFieldsProps {
  readonly recipe: Recipe;
  readonly disabled: boolean;
  readonly onChange: (recipe: Recipe) => void;
}

/** Rates at which the optimizers usually learn; SGD needs more than those that divide by the gradient's size. */
const USUAL_RATES: Readonly<Record<Recipe['optimizer'], number>> = {
  adam: 0.002,
  adamw: 0.002,
  sgd: 0.05,
  rmsprop: 0.001,
};

const OWN = 'own';

/** How a network is trained: a named recipe or one of the user's own. */
export function RecipeFields({ recipe, disabled, onChange }: RecipeFieldsProps) {
  const patch = (change: Partial<Recipe>) => onChange({ ...recipe, ...change });
  return (
    <div className="stack">
      <NamedRecipes recipe={recipe} disabled={disabled} onChange={onChange} />
      <div className="field-grid">
        <NumberField
          label="Epochs"
          value={recipe.epochs}
          min={1}
          max={500}
          integer
          disabled={disabled}
          onChange={(epochs) => patch({ epochs })}
        />
        <NumberField
          label="Batch size"
          value={recipe.batchSize}
          min={1}
          max={512}
          integer
          disabled={disabled}
          onChange={(batchSize) => patch({ batchSize })}
        />
        <OptimizerFields recipe={recipe} disabled={disabled} onChange={onChange} />
        <ScheduleFields recipe={recipe} disabled={disabled} onChange={onChange} />
      </div>
      <AdvancedFields recipe={recipe} disabled={disabled} onChange={onChange} />
    </div>
  );
}

function NamedRecipes({ recipe, disabled, onChange }: RecipeFieldsProps) {
  const named = nameOf(recipe);
  return (
    <SelectField
      label="Recipe"
      value={named?.id ?? OWN}
      disabled={disabled}
      options={[
        ...(named ? [] : [{ value: OWN, label: 'Your own' }]),
        ...NAMED_RECIPES.map(({ id, name }) => ({ value: id, label: name })),
      ]}
      hint={named?.source}
      onChange={(id) => {
        const chosen = NAMED_RECIPES.find((one) => one.id === id);
        if (chosen) onChange(withNamed(recipe, chosen));
      }}
    />
  );
}

function OptimizerFields({ recipe, disabled, onChange }: RecipeFieldsProps) {
  const patch = (change: Partial<Recipe>) => onChange({ ...recipe, ...change });
  return (
    <>
      <SelectField
        label="Optimizer"
        value={recipe.optimizer}
        disabled={disabled}
        options={[
          { value: 'adam', label: 'Adam' },
          { value: 'adamw', label: 'AdamW' },
          { value: 'sgd', label: 'SGD, momentum' },
          { value: 'rmsprop', label: 'RMSprop' },
        ]}
        hint={
          recipe.optimizer === 'adamw' && recipe.weightDecay === 0
            ? 'Without weight decay (Advanced) this is Adam.'
            : undefined
        }
        onChange={(optimizer) => patch({ optimizer, learningRate: USUAL_RATES[optimizer] })}
      />
      {recipe.schedule.kind !== 'range' && (
        <NumberField
          label="Learning rate"
          value={recipe.learningRate}
          min={1e-7}
          max={10}
          disabled={disabled}
          onChange={(learningRate) => patch({ learningRate })}
        />
      )}
      {recipe.optimizer === 'sgd' && (
        <>
          <NumberField
            label="Momentum"
            value={recipe.momentum}
            min={0}
            max={0.999}
            disabled={disabled}
            onChange={(momentum) => patch({ momentum })}
          />
          <SelectField
            label="Looks ahead"
            value={recipe.nesterov ? 'yes' : 'no'}
            disabled={disabled}
            options={[
              { value: 'no', label: 'No' },
              { value: 'yes', label: 'Nesterov' },
            ]}
            onChange={(choice) => patch({ nesterov: choice === 'yes' })}
          />
        </>
      )}
    </>
  );
}
