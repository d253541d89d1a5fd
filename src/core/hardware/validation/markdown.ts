import type { FoldingTable } from './folding.ts';
import { FOLDING_TEXT, FOLDING_TITLE } from './foldingText.ts';
import type { ValidationSection } from './sections.ts';

const signedPercent = (share: number): string =>
  `${share > 0 ? '+' : ''}${(100 * share).toFixed(1)} %`.replace('-', '−');
const number = (value: number): string => (value >= 1000 ? value.toFixed(0) : value.toPrecision(4));

/** The report as Markdown: `docs/validation.md`. */
export function validationMarkdown(sections: readonly ValidationSection[], folding: FoldingTable): string {
  const lines = [
    '# How far off is this?',
    '',
    'Each accelerator family beside published numbers. Written by `npx tsx scripts/validation.ts`; the app shows the same in its Hardware room.',
  ];
  for (const { family, fittedOn, cases, meanSentence } of sections) {
    lines.push('', `## ${family}`, '', fittedOn, '');
    if (meanSentence !== '') lines.push(meanSentence, '');
    lines.push(
      '| case | fitted | model | published | unit | error | source | note |',
      '|---|---|---:|---:|---|---:|---|---|',
    );
    for (const row of cases) {
      const cells = [
        row.name,
        row.fitted ? 'yes' : '',
        number(row.model),
        number(row.published),
        row.unit,
        signedPercent(row.error),
        row.source,
        row.note ?? '',
      ];
      lines.push(`| ${cells.join(' | ')} |`);
    }
  }
  lines.push('', `## ${FOLDING_TITLE}`, '', FOLDING_TEXT, '');
  lines.push(`| ${folding.columns.join(' | ')} |`, '|---|---|---|---:|---:|---:|---:|---:|---:|');
  for (const row of folding.rows) lines.push(`| ${row.join(' | ')} |`);
  return `${lines.join('\n')}\n`;
}
