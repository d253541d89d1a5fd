import { isObject, shown } from './fileText.ts';

/** A default of a folding configuration: an attribute's value for all op types that have it, or for some. */
export interface AttributeDefault {
  readonly attribute: string;
  readonly setting: unknown;
  readonly opTypes: 'all' | readonly unknown[];
}

/** [value, scope, value, scope ...]; "all" must stand alone (qonnx `ApplyConfig`). Null where it is none. */
function readPairs(attribute: string, pairs: unknown): readonly AttributeDefault[] | null {
  if (!Array.isArray(pairs) || pairs.length === 0 || pairs.length % 2 !== 0) return null;
  const defaults: AttributeDefault[] = [];
  for (let i = 0; i < pairs.length; i += 2) {
    const [setting, scope]: unknown[] = [pairs[i], pairs[i + 1]];
    const all = scope === 'all' && pairs.length === 2;
    const some: readonly unknown[] = Array.isArray(scope) ? scope : [];
    if (!all && some.length === 0) return null;
    defaults.push({ attribute, setting, opTypes: all ? 'all' : some });
  }
  return defaults;
}

/** The `Defaults` of a folding configuration (finn.md, section 10), and a sentence for each that is none. */
export function readDefaults(value: unknown): {
  readonly defaults: readonly AttributeDefault[];
  readonly notes: readonly string[];
} {
  if (!isObject(value)) return { defaults: [], notes: ['Defaults must be an object; it is ignored.'] };
  const defaults: AttributeDefault[] = [];
  const notes: string[] = [];
  for (const [attribute, pairs] of Object.entries(value)) {
    const read = readPairs(attribute, pairs);
    if (read) defaults.push(...read);
    else
      notes.push(
        `The default of ${shown(attribute)} must be [value, "all"] or [value, [op types]]; it is ignored.`,
      );
  }
  return { defaults, notes };
}
