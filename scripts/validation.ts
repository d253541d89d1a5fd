// `npx tsx scripts/validation.ts`: writes docs/validation.md from the models and the published numbers.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { validationMarkdown } from '../src/core/hardware/validation/markdown.ts';
import { validationReport } from '../src/core/hardware/validation/report.ts';

writeFileSync(
  join(import.meta.dirname, '..', 'docs', 'validation.md'),
  validationMarkdown(validationReport()),
);
