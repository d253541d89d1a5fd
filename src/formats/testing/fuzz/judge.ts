import { finnGraphReport } from '../../../core/hardware/finn/graph/graphReport.ts';
import { inferGeometry } from '../../../core/network/shapes.ts';
import { type Fault, FaultError, type Result } from '../../../core/result.ts';
import { graphFoldingConfig } from '../../finn/graphConfig.ts';
import type { OpenedFile } from '../../model/openFile.ts';

/** A sentence that was written for somebody, not what is left of a stack or an object. */
const NO_SENTENCE =
  /(?<!["'])undefined(?!["'])|\[object|\bNaN\b.*\bNaN\b.*\bNaN\b|\bat \S+:\d+:\d+|Cannot read|is not a function|is not iterable/;
const LONGEST = 600;

/** What is wrong with a fault's sentence; null for a proper one. */
export function faultIn({ code, message }: Fault): string | null {
  if (!/^[a-z][a-z0-9-]*$/.test(code)) return `the code ${JSON.stringify(code)}`;
  if (message.trim() === '') return 'an empty sentence';
  if (message.length > LONGEST) return `a sentence of ${message.length} characters: ${message.slice(0, 200)}`;
  if (NO_SENTENCE.test(message)) return `no sentence: ${message}`;
  if (!/[.!?]$/.test(message)) return `a sentence without an end: ${message}`;
  return null;
}

/** What is wrong with an opened file; null where the program can work on with it. */
function openedWrong(opened: OpenedFile): string | null {
  if (opened.kind === 'design') return null;
  if (opened.kind === 'finn-graph') {
    // what its page does with it at once
    const report = finnGraphReport(opened.records, { clockHertz: 1e8 });
    graphFoldingConfig(opened.records, 'xczu3eg-sbva484-1-e');
    return report.ok ? null : faultIn(report.error);
  }
  const { network, weights, notes } = opened.model;
  const geometry = inferGeometry(network);
  if (!geometry.ok) return `a network whose shapes do not fit: ${geometry.error.message}`;
  for (const [key, { shape, values }] of Object.entries(weights ?? {})) {
    if (values.length !== shape.reduce((a, b) => a * b, 1)) return `weights ${key} of another length`;
    if (!values.every(Number.isFinite)) return `weights ${key} that are no numbers`;
  }
  const broken = notes.find((note) => note.trim() === '' || NO_SENTENCE.test(note) || note.length > 5000);
  return broken === undefined ? null : `the note ${broken.slice(0, 300)}`;
}

export type Verdict =
  | { readonly kind: 'accepted' }
  | { readonly kind: 'refused'; readonly code: string }
  | { readonly kind: 'wrong'; readonly why: string };

/** Opens a damaged file and says what came of it. A fault thrown is a crash too: readers return theirs. */
export async function judge(open: () => Promise<Result<OpenedFile | null>>): Promise<Verdict> {
  try {
    const opened = await open();
    if (!opened.ok) {
      const why = faultIn(opened.error);
      return why === null ? { kind: 'refused', code: opened.error.code } : { kind: 'wrong', why };
    }
    const why = opened.value ? openedWrong(opened.value) : null;
    return why === null ? { kind: 'accepted' } : { kind: 'wrong', why };
  } catch (error) {
    const thrown = error instanceof FaultError ? 'a thrown FaultError' : 'a crash';
    return {
      kind: 'wrong',
      why: `${thrown}: ${error instanceof Error ? (error.stack ?? error.message).slice(0, 900) : String(error)}`,
    };
  }
}
