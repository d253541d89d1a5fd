// `npx tsx scripts/validation.ts`: writes docs/validation.md from the models and the published numbers.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { validationMarkdown, validationReport } from '../src/core/hardware/validation.ts';

writeFileSync(
  join(import.meta.dirname, '..', 'docs', 'validation.md'),
  validationMarkdown(validationReport()),
);
