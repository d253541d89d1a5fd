import type { HardwareChoice } from '../core/exploration/design.ts';
import { finnOptions } from '../core/hardware/estimate.ts';
import { foldNetwork } from '../core/hardware/finn/foldNetwork.ts';
import { BOARDS, boardById } from '../core/hardware/finn/tuning/boards.ts';
import type { Network } from '../core/network/network.ts';
import { unwrap } from '../core/result.ts';
import { readFoldingConfig } from '../formats/finn/foldingConfig.ts';
import { UsageError } from './command.ts';
import { readText } from './input.ts';

/** Options of `parseArgs` that several commands share. */
export const FINN_ARGUMENTS = {
  board: { type: 'string' },
  bits: { type: 'string' },
  folding: { type: 'string' },
} as const;

interface FinnValues {
  readonly board?: string | undefined;
  readonly bits?: string | undefined;
  readonly folding?: string | undefined;
}

/** W2A4, w2a4, 2W4A and CNV_2W4A are all understood (BO-18). */
export function parseBits(text: string): { readonly weightBits: number; readonly activationBits: number } {
  const match = /(?:^|[-_])(?:w(\d+)a(\d+)|(\d+)w(\d+)a)$/i.exec(text);
  if (!match)
    throw new UsageError(`${text} names no bits; write W2A4 for 2-bit weights and 4-bit activations`);
  return { weightBits: Number(match[1] ?? match[3]), activationBits: Number(match[2] ?? match[4]) };
}

/** The design's choice with the board, bits and folding file of the arguments; and what the file could not set. */
export function withFinnArguments(
  hardware: HardwareChoice,
  network: Network,
  { board, bits, folding }: FinnValues,
): { readonly hardware: HardwareChoice; readonly notes: readonly string[] } {
  if (board !== undefined && !boardById(board))
    throw new UsageError(
      `there is no board ${board}; choose one of ${BOARDS.map(({ id }) => id).join(', ')}`,
    );
  const chosen: HardwareChoice = {
    ...hardware,
    ...(board === undefined ? {} : { boardId: board }),
    ...(bits === undefined ? {} : parseBits(bits)),
  };
  if (folding === undefined) return { hardware: chosen, notes: [] };
  const { nodes } = unwrap(foldNetwork(network, { ...finnOptions(chosen), foldings: {}, nodeSettings: {} }));
  const { settings, notes } = unwrap(readFoldingConfig(readText(folding), nodes, folding));
  return { hardware: { ...chosen, foldings: {}, nodeSettings: settings }, notes };
}
