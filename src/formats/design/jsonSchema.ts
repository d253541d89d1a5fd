import { toJsonSchema } from '@valibot/to-json-schema';
import { DESIGN_VERSION, designSchema, networkSchema, recipeSchema } from './schema.ts';

/** The JSON schema of a design as the text of `public/design.schema.json`. A tool of the build, not of the page. */
export function designJsonSchema(): string {
  const schema = toJsonSchema(designSchema, {
    definitions: { network: networkSchema, recipe: recipeSchema },
  });
  return `${JSON.stringify(
    {
      $schema: schema.$schema,
      title: `Sweetspot design, version ${DESIGN_VERSION}`,
      description:
        'Generated from the validator by scripts/schema.ts; change src/formats/design/schema.ts instead.',
      ...schema,
    },
    null,
    2,
  )}\n`;
}
