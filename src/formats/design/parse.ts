import * as v from 'valibot';
import { checkStandardization } from '../../core/data/normalizationChoice.ts';
import type { Design } from '../../core/exploration/design.ts';
import type { Network } from '../../core/network/network.ts';
import { inferGeometry } from '../../core/network/shapes.ts';
import { fail, ok, type Result } from '../../core/result.ts';
import { DESIGN_VERSION, designSchema, INHERITED_NAME } from './schema.ts';

type Json = Readonly<Record<string, unknown>>;

/** By version: turns a design of it into one of the next version. Old designs keep opening. */
const MIGRATIONS: Readonly<Record<number, (old: Json) => Json>> = {};

/** Far deeper than any design (network.layers[i].shape.height is 5): only a hostile document goes further. */
const DEEPEST = 16;

/** The path of the first key that no document may have, or of the first value nested too deep. */
function findHostile(value: unknown, path: string, depth: number): string | null {
  if (typeof value !== 'object' || value === null) return null;
  if (depth > DEEPEST) return path;
  for (const key of Object.keys(value)) {
    const inner = Array.isArray(value) ? `${path}[${key}]` : path === '' ? key : `${path}.${key}`;
    if (INHERITED_NAME.test(key)) return inner;
    const found = findHostile((value as Json)[key], inner, depth + 1);
    if (found !== null) return found;
  }
  return null;
}

const isObject = (json: unknown): json is Json =>
  typeof json === 'object' && json !== null && !Array.isArray(json);

const FIX = 'correct it there or export the design again';

function migrate(json: Json): Result<Json> {
  const { version } = json;
  if (typeof version !== 'number' || !Number.isInteger(version) || version < 1) {
    return fail(
      'not-a-design',
      `This is not a Sweetspot design: it has no version number; choose a .json file that Sweetspot exported.`,
      'version',
    );
  }
  if (version > DESIGN_VERSION) {
    return fail(
      'newer-design',
      `This design was made by a newer Sweetspot (version ${version}, this one reads up to ${DESIGN_VERSION}); open it with the newer one.`,
      'version',
    );
  }
  let design = json;
  for (let from = version; from < DESIGN_VERSION; from++) design = MIGRATIONS[from]?.(design) ?? design;
  return ok(design);
}

const shortened = (received: string) => (received.length > 40 ? `${received.slice(0, 39)}…` : received);

function explain(issue: v.BaseIssue<unknown>): { where: string; sentence: string } {
  let where = '';
  for (const { key } of issue.path ?? []) {
    where += typeof key === 'number' ? `[${key}]` : where === '' ? `${key}` : `.${key}`;
  }
  const found = /^must/.test(issue.message)
    ? ` (it is ${issue.received === 'undefined' ? 'missing' : shortened(issue.received)})`
    : '';
  return { where, sentence: `In this design ${shortened80(where)} ${issue.message}${found}; ${FIX}.` };
}

const shortened80 = (path: string) => (path.length > 80 ? `…${path.slice(-79)}` : path || 'the document');

function checkNetwork(network: Network, field: 'network' | 'baseline'): Result<null> {
  const geometry = inferGeometry(network);
  if (geometry.ok) return ok(null);
  const { code, message, where } = geometry.error;
  return fail(code, `The ${field} of this design does not fit together: ${message}`, where ?? field);
}

/** An unpruned design has one network, not two that are equal: that is how the page knows that it is its own baseline. */
function withOneNetwork(design: Design): Design {
  const { network, baseline } = design;
  return JSON.stringify(network) === JSON.stringify(baseline) ? { ...design, baseline: network } : design;
}

/**
 * Reads a design from parsed JSON of any version up to this one. What comes out holds only known fields with
 * legal values, and networks whose shapes can be inferred; the baseline is the network where they are equal.
 */
export function parseDesign(json: unknown): Result<Design> {
  if (!isObject(json)) {
    return fail(
      'not-a-design',
      'This is not a Sweetspot design: a design is a JSON object; choose a .json file that Sweetspot exported.',
    );
  }
  const hostile = findHostile(json, '', 0);
  if (hostile !== null) {
    return fail(
      'illegal-key',
      `In this design ${shortened80(hostile)} has a name or a depth that no design has; ${FIX}.`,
      hostile,
    );
  }
  const current = migrate(json);
  if (!current.ok) return current;
  const parsed = v.safeParse(designSchema, current.value, { abortEarly: true });
  if (!parsed.success) {
    const { where, sentence } = explain(parsed.issues[0]);
    return fail('invalid-design', sentence, where);
  }
  const design = parsed.output;
  const network = checkNetwork(design.network, 'network');
  if (!network.ok) return network;
  const input = design.network.layers.find(({ kind }) => kind === 'input');
  const channels = input?.kind === 'input' ? input.shape.channels : null;
  const standardization = checkStandardization(design.data, channels);
  if (!standardization.ok) return standardization;
  const baseline = checkNetwork(design.baseline, 'baseline');
  return baseline.ok ? ok(withOneNetwork(design)) : baseline;
}

/** {@link parseDesign} for the text of a file. */
export function parseDesignText(text: string): Result<Design> {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return fail('not-json', `This is not JSON (${reason}); choose a .json file that Sweetspot exported.`);
  }
  return parseDesign(json);
}
