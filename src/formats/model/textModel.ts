import * as v from 'valibot';
import type { Network } from '../../core/network/network.ts';
import { inferGeometry } from '../../core/network/shapes.ts';
import { FaultError, fail, ok, type Result } from '../../core/result.ts';
import { LARGEST_LAYER_COUNT, networkSchema } from '../design/schema.ts';
import type { ImportedModel } from './imported.ts';

/** Characters of a network's description; a thousand layers have half a million. */
const LARGEST_TEXT = 16 * 2 ** 20;

/** Throws a fault of one sentence; {@link readTextModel} hands it on. */
export function refuse(code: string, message: string, where?: string): never {
  throw new FaultError(where === undefined ? { code, message } : { code, message, where });
}

/** Fails where a file has more layers than a design can hold. */
export function refuseTooMany(count: number, fileName: string): void {
  if (count > LARGEST_LAYER_COUNT)
    refuse(
      'too-large',
      `${fileName} has more than ${LARGEST_LAYER_COUNT} layers, more than a design can hold; choose a smaller network.`,
      fileName,
    );
}

/** The limits of a design hold for imported networks too, or they could not be shared or saved. */
function checkLimits(network: Network): void {
  const parsed = v.safeParse(networkSchema, network, { abortEarly: true });
  if (parsed.success) return;
  const [issue] = parsed.issues;
  const [, index, ...rest] = (issue.path ?? []).map(({ key }) => key);
  const layer = network.layers[Number(index)];
  refuse(
    'beyond-limits',
    `${layer ? `Layer ${layer.id}` : 'The network'}: ${rest.join('.') || 'its description'} ${issue.message}, or a design can't hold it.`,
    layer?.id,
  );
}

/**
 * Runs the reader of a text format: bounds the text, turns faults that it throws into results, and holds what it
 * read to the limits of a design and to the laws of shapes.
 */
export function readTextModel(
  text: string,
  fileName: string,
  read: () => ImportedModel,
): Result<ImportedModel> {
  if (text.length > LARGEST_TEXT)
    return fail(
      'too-large',
      `${fileName} is a text of more than 16 MB, too large for a network's description; choose the file that describes the layers only.`,
      fileName,
    );
  try {
    const model = read();
    checkLimits(model.network);
    const geometry = inferGeometry(model.network);
    return geometry.ok ? ok(model) : geometry;
  } catch (error) {
    if (error instanceof FaultError) return { ok: false, error: error.fault };
    throw error;
  }
}

/** A file's name without folders and its last ending, as the name of a network that has none. */
export const nameFromFile = (fileName: string): string =>
  fileName
    .replace(/^.*[/\\]/s, '')
    .replace(/\.[^.]*$/, '')
    .slice(0, 200) || 'network';

/** "a, b, c and 4 more" */
export function someOf(names: readonly string[], most = 5): string {
  const more = names.length - most;
  const shown = names.slice(0, most).map((name) => (name.length > 60 ? `${name.slice(0, 59)}…` : name));
  return more > 0 ? `${shown.join(', ')} and ${more} more` : shown.join(', ');
}
