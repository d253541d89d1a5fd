import * as v from 'valibot';
import type { Network, Weights } from '../../core/network/network.ts';
import { inferGeometry } from '../../core/network/shapes.ts';
import { type Fault, fail, ok, type Result } from '../../core/result.ts';
import { shortSentence } from '../../core/sentence.ts';
import { networkSchema } from '../design/schema.ts';
import type { ImportedModel } from './imported.ts';

/** How many are NaN or infinite; one plain pass, because it looks at every weight of every model. */
export function countNotFinite(values: Float32Array): number {
  let count = 0;
  for (let i = 0; i < values.length; i++) {
    const value = values[i] as number;
    if (value - value !== 0) count++;
  }
  return count;
}

const NAMED = 3;

function brokenWeights(weights: Weights, fileName: string): Fault | null {
  const broken: string[] = [];
  let first = '';
  for (const [key, { values }] of Object.entries(weights)) {
    const count = countNotFinite(values);
    if (count === 0) continue;
    if (broken.length === 0) first = key.slice(0, key.lastIndexOf('/'));
    broken.push(`${key} (${count.toLocaleString('en-US')} of ${values.length.toLocaleString('en-US')})`);
  }
  if (broken.length === 0) return null;
  const more = broken.length > NAMED ? ` and ${broken.length - NAMED} more` : '';
  return {
    code: 'not-finite',
    message: `Weights of ${fileName} are no numbers (NaN or infinity): ${broken.slice(0, NAMED).join(', ')}${more}; the training diverged or the file is damaged, so save the model of an earlier epoch.`,
    where: first,
  };
}

/** The limits of a design hold for imported networks too, or they could not be shared or saved. */
function beyondLimits(network: Network): Fault | null {
  const parsed = v.safeParse(networkSchema, network, { abortEarly: true });
  if (parsed.success) {
    const geometry = inferGeometry(network);
    return geometry.ok ? null : geometry.error;
  }
  const [issue] = parsed.issues;
  const [, index, ...rest] = (issue.path ?? []).map(({ key }) => key);
  const layer = network.layers[Number(index)];
  return {
    code: 'beyond-limits',
    message: `${layer ? `Layer ${layer.id}` : 'The network'}: ${rest.join('.') || 'its description'} ${issue.message}, or a design can't hold it.`,
    ...(layer ? { where: layer.id } : {}),
  };
}

const shortFault = ({ code, message, where }: Fault): Result<never> =>
  fail(code, shortSentence(message), where);

/** A fault's sentence as the screen can show it, whatever the file called its parts. */
export const shortened = <T>(result: Result<T>): Result<T> => (result.ok ? result : shortFault(result.error));

/**
 * What every reader of models must keep to, whatever the format: a network that a design can hold, weights that are
 * numbers, and sentences of a length that can be read.
 */
export function checkedModel(read: Result<ImportedModel>, fileName: string): Result<ImportedModel> {
  if (!read.ok) return shortFault(read.error);
  const { network, weights, notes } = read.value;
  const fault = beyondLimits(network) ?? (weights ? brokenWeights(weights, fileName) : null);
  return fault ? shortFault(fault) : ok({ ...read.value, notes: notes.map(shortSentence) });
}
