import type { NodeSetting } from '../../core/exploration/design.ts';
import { legalParallelism } from '../../core/hardware/finn/folding.ts';
import type { FinnNode } from '../../core/hardware/finn/nodes.ts';
import { fail, ok, type Result } from '../../core/result.ts';
import { ATTRIBUTES, attributesOf, hasAttribute, WITHOUT_EFFECT } from './attributes.ts';
import { nodeNamed } from './nodeNames.ts';

/** `folding_config.json` of FINN's builder: Defaults, then every node's attributes (finn.md, section 10). */
export function foldingConfigText(nodes: readonly FinnNode[]): string {
  const config: Record<string, unknown> = { Defaults: {} };
  for (const node of nodes) {
    const attributes = attributesOf(node);
    if (Object.keys(attributes).length > 0) config[node.name] = attributes;
  }
  return `${JSON.stringify(config, null, 2)}\n`;
}

export interface FoldingConfig {
  readonly settings: Readonly<Record<string, NodeSetting>>;
  /** What was not taken as written, one sentence each. */
  readonly notes: readonly string[];
}

/** Far more than any configuration: a network of 2,000 nodes has 200 kB. */
const MOST_CHARACTERS = 10_000_000;
const SHOWN = 3;

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const shown = (value: unknown): string => {
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 40 ? `${text.slice(0, 39)}…` : text;
};

const some = (names: readonly string[]): string => {
  const more = names.length - SHOWN;
  return more > 0 ? `${names.slice(0, SHOWN).join(', ')} and ${more} more` : names.join(', ');
};

function parse(text: string, where: string): Result<Readonly<Record<string, unknown>>> {
  if (text.length > MOST_CHARACTERS)
    return fail(
      'folding-size',
      `${where} is too large for a folding configuration; choose the file that FINN wrote.`,
    );
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    return fail(
      'folding-json',
      `${where} is not JSON (${(error as Error).message}); export it from FINN again.`,
      where,
    );
  }
  return isObject(json)
    ? ok(json)
    : fail(
        'folding-shape',
        `${where} is no folding configuration: it must be an object with Defaults and an entry a node.`,
        where,
      );
}

/** Collects what a file says of the nodes of a graph, and what it says in vain. */
class Reading {
  readonly notes: string[] = [];
  readonly #settings = new Map<string, NodeSetting>();
  readonly #unknown: string[] = [];
  readonly #ignored = new Set<string>();
  readonly #nodes: readonly FinnNode[];

  constructor(nodes: readonly FinnNode[]) {
    this.#nodes = nodes;
  }

  /** One attribute of one node; a default does not complain about nodes that lack it. */
  #take(node: FinnNode, name: string, value: unknown, isDefault: boolean): void {
    const attribute = ATTRIBUTES.find((one) => one.name === name);
    if (!attribute) {
      if (WITHOUT_EFFECT.has(name)) this.#ignored.add(name);
      else this.notes.push(`${node.name} has no attribute ${shown(name)} here; it is ignored.`);
      return;
    }
    if (!hasAttribute(node, attribute)) {
      if (!isDefault) this.notes.push(`${node.name} has no ${name}; it is ignored.`);
      return;
    }
    const read = attribute.read(value);
    if (read === undefined) {
      this.notes.push(
        `${name} of ${node.name} is ${shown(value)} and must be ${attribute.expected}; it is ignored.`,
      );
      return;
    }
    if (attribute.field === 'pe' || attribute.field === 'simd')
      this.#judge(node, attribute.field, Number(read));
    this.#settings.set(node.name, { ...this.#settings.get(node.name), [attribute.field]: read });
  }

  /** FINN itself does not check divisibility when a configuration is applied; the build fails later. */
  #judge(node: FinnNode, field: 'pe' | 'simd', value: number): void {
    const legal = legalParallelism(node)[field];
    if (legal.length === 0 || legal.includes(value)) return;
    const below = legal.filter((one) => one < value).at(-1);
    const above = legal.find((one) => one > value);
    const near = [below, above].filter((one) => one !== undefined).join(' or ');
    this.notes.push(
      `${field.toUpperCase()} ${value} of ${node.name} does not divide ${legal.at(-1)}; choose ${near}. ${below ?? above} is used.`,
    );
  }

  defaults(value: unknown): void {
    if (!isObject(value)) {
      this.notes.push('Defaults must be an object; it is ignored.');
      return;
    }
    for (const [name, entry] of Object.entries(value)) {
      const [setting, scope] = Array.isArray(entry) ? entry : [];
      const all = scope === 'all';
      const ops: readonly unknown[] = Array.isArray(scope) ? scope : [];
      if (!Array.isArray(entry) || entry.length !== 2 || !(all || ops.length > 0)) {
        this.notes.push(
          `The default of ${shown(name)} must be [value, "all"] or [value, [op types]]; it is ignored.`,
        );
        continue;
      }
      for (const node of this.#nodes)
        if (all || ops.includes(node.opType)) this.#take(node, name, setting, true);
    }
  }

  entry(name: string, value: unknown): void {
    const found = nodeNamed(this.#nodes, name);
    if (found === 'inserted later') return;
    if (!found) {
      this.#unknown.push(name);
      return;
    }
    if (!isObject(value)) {
      this.notes.push(`The entry of ${name} must be an object of attributes; it is ignored.`);
      return;
    }
    for (const [attribute, setting] of Object.entries(value)) this.#take(found, attribute, setting, false);
  }

  finish(): FoldingConfig {
    const { notes } = this;
    if (this.#unknown.length > 0)
      notes.push(
        `${this.#unknown.length === 1 ? 'A node is' : `${this.#unknown.length} nodes are`} not in this network and ignored: ${some(this.#unknown.map((name) => shown(name)))}; was the file made for another network?`,
      );
    if (this.#ignored.size > 0)
      notes.push(`Without effect on the estimate, and ignored: ${[...this.#ignored].sort().join(', ')}.`);
    return { settings: Object.fromEntries(this.#settings), notes };
  }
}

/**
 * Reads a folding configuration for the nodes of a graph. What can't be applied becomes a note and the rest holds;
 * only a text that is no configuration at all fails. Illegal divisors are kept: folding reduces them.
 */
export function readFoldingConfig(
  text: string,
  nodes: readonly FinnNode[],
  where = 'This file',
): Result<FoldingConfig> {
  const json = parse(text, where);
  if (!json.ok) return json;
  const reading = new Reading(nodes);
  const { Defaults: defaults, ...entries } = json.value;
  if (defaults === undefined)
    reading.notes.push(
      'FINN wants the key "Defaults", even if empty, and this file has none; it is read without.',
    );
  else reading.defaults(defaults);
  for (const [name, value] of Object.entries(entries)) reading.entry(name, value);
  const config = reading.finish();
  if (Object.keys(config.settings).length === 0 && Object.keys(entries).length > 0)
    return fail(
      'folding-nothing',
      `${where} sets nothing in this network: ${config.notes[0] ?? 'no entry fits a node.'}`,
      where,
    );
  return ok(config);
}
