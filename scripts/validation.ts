// `npx tsx scripts/validation.ts`: writes docs/validation.md from the models and the published numbers.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runToEnd } from '../src/core/hardware/finn/fifo/simulate.ts';
import { foldingTable } from '../src/core/hardware/validation/folding.ts';
import { validationMarkdown } from '../src/core/hardware/validation/markdown.ts';
import { validationReport } from '../src/core/hardware/validation/report.ts';

writeFileSync(
  join(import.meta.dirname, '..', 'docs', 'validation.md'),
  validationMarkdown(validationReport(), runToEnd(foldingTable())),
);
