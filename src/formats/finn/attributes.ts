import type { NodeSetting } from '../../core/exploration/design.ts';
import type { FinnNode } from '../../core/hardware/finn/nodes.ts';

/** One attribute of a folding configuration: FINN's name, our field, and what a file may say. */
interface Attribute {
  readonly name: string;
  readonly field: keyof NodeSetting;
  /** The value for our field; undefined where the file's value is none. */
  read(value: unknown): NodeSetting[keyof NodeSetting] | undefined;
  write(value: NonNullable<NodeSetting[keyof NodeSetting]>): string | number;
  /** "a whole number from 1" */
  readonly expected: string;
}

const MOST = 1 << 24;

const count = (name: 'PE' | 'SIMD', field: 'pe' | 'simd'): Attribute => ({
  name,
  field,
  read: (value) =>
    typeof value === 'number' && Number.isInteger(value) && value >= 1 && value <= MOST ? value : undefined,
  write: Number,
  expected: 'a whole number from 1',
});

function word(name: string, field: 'memMode' | 'ramStyle' | 'resType', words: readonly string[]): Attribute {
  return {
    name,
    field,
    // Checked against the list, so that it is one of the field's own words.
    read: (value) => words.find((one) => one === value) as NodeSetting[typeof field],
    write: String,
    expected: `one of ${words.join(', ')}`,
  };
}

/** Names of FINN before 0.8. */
const OLD_MEM_MODES: Readonly<Record<string, string>> = {
  const: 'internal_embedded',
  decoupled: 'internal_decoupled',
};
const memMode = word('mem_mode', 'memMode', ['internal_decoupled', 'internal_embedded', 'external']);

/** Attributes that the estimate knows, in the order FINN writes them (finn.md, section 10). */
export const ATTRIBUTES: readonly Attribute[] = [
  count('PE', 'pe'),
  count('SIMD', 'simd'),
  {
    name: 'parallel_window',
    field: 'parallelWindow',
    read: (value) =>
      value === 1 || value === true ? true : value === 0 || value === false ? false : undefined,
    write: (value) => (value ? 1 : 0),
    expected: '0 or 1',
  },
  word('ram_style', 'ramStyle', ['auto', 'block', 'distributed', 'ultra']),
  word('resType', 'resType', ['auto', 'lut', 'dsp']),
  {
    ...memMode,
    read: (value) => memMode.read(typeof value === 'string' ? (OLD_MEM_MODES[value] ?? value) : value),
  },
];

/** Attributes of a configuration that change nothing in FINN's estimate of a layer. */
export const WITHOUT_EFFECT: ReadonlySet<string> = new Set([
  'runtime_writeable_weights',
  'inFIFODepths',
  'outFIFODepths',
  'depth',
  'impl_style',
  'preferred_impl_style',
  'cpu_mode',
  'numInputVectors',
]);

/**
 * Attributes that FINN's estimate of LUT and URAM reads (finn.md, sections 3.3 and 6.1) and a design can't hold: by
 * name, FINN's default, which is what is estimated here.
 */
export const NOT_HELD: Readonly<Record<string, string | number>> = {
  ram_style_thresholds: 'auto',
  depth_trigger_bram: 0,
  depth_trigger_uram: 0,
};

/** Whether a node has an attribute at all. */
export const hasAttribute = (node: FinnNode, { field }: Attribute): boolean => field in node;

/** The node's values under FINN's names. */
export function attributesOf(node: FinnNode): Readonly<Record<string, string | number>> {
  const values: Record<string, string | number> = {};
  for (const attribute of ATTRIBUTES) {
    if (!hasAttribute(node, attribute)) continue;
    const value = (node as NodeSetting)[attribute.field];
    if (value !== undefined) values[attribute.name] = attribute.write(value);
  }
  return values;
}
