/** Writes public/design.schema.json from the design's own validator: `npx tsx scripts/schema.ts`. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { designJsonSchema } from '../src/formats/design/jsonSchema.ts';

const target = join(import.meta.dirname, '..', 'public', 'design.schema.json');
writeFileSync(target, designJsonSchema());
console.log('Wrote public/design.schema.json');
