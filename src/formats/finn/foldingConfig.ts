import type { NodeSetting } from '../../core/exploration/design.ts';
import { legalParallelism } from '../../core/hardware/finn/folding.ts';
import type { FinnNode } from '../../core/hardware/finn/nodes.ts';
import { fail, ok, type Result } from '../../core/result.ts';
import { ATTRIBUTES, attributesOf, hasAttribute, NOT_HELD, WITHOUT_EFFECT } from './attributes.ts';
import { coupledWindowNotes } from './coupledWindows.ts';
import { readDefaults } from './defaults.ts';
import { isObject, isTooDeep, shown, some } from './fileText.ts';
import { type NodeByName, nodesByName } from './nodeNames.ts';

/** By node name: attributes of a file that change no estimate, as the file gave them. */
export type CarriedAttributes = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

/**
 * `folding_config.json` of FINN's builder: Defaults, then every node's attributes (finn.md, section 10). `carried` are
 * those that a file brought and no node holds, FIFO depths above all: they are written as they came.
 */
export function foldingConfigText(nodes: readonly FinnNode[], carried: CarriedAttributes = {}): string {
  const config: Record<string, unknown> = { Defaults: {} };
  const brought = new Map(Object.entries(carried));
  for (const node of nodes) {
    const attributes = { ...attributesOf(node), ...brought.get(node.name) };
    brought.delete(node.name);
    if (Object.keys(attributes).length > 0) config[node.name] = attributes;
  }
  // What is left belongs to nodes that FINN inserts later.
  for (const [name, attributes] of brought) config[name] = attributes;
  return `${JSON.stringify(config, null, 2)}\n`;
}

export interface FoldingConfig {
  readonly settings: Readonly<Record<string, NodeSetting>>;
  readonly carried: CarriedAttributes;
  /** What was not taken as written, one sentence each. */
  readonly notes: readonly string[];
}

/** Far more than any configuration: a network of 2,000 nodes has 200 kB. */
const MOST_CHARACTERS = 10_000_000;

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
  if (isTooDeep(json))
    return fail(
      'folding-shape',
      `${where} nests deeper than a folding configuration does; export it from FINN again.`,
      where,
    );
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
  readonly #carried = new Map<string, Record<string, unknown>>();
  readonly #named = new Set<string>();
  readonly #unknown: string[] = [];
  readonly #later: string[] = [];
  readonly #ignored = new Set<string>();
  readonly #nodes: readonly FinnNode[];
  readonly #find: NodeByName;

  constructor(nodes: readonly FinnNode[]) {
    this.#nodes = nodes;
    this.#find = nodesByName(nodes);
  }

  #carry(nodeName: string, name: string, value: unknown): void {
    this.#carried.set(nodeName, { ...this.#carried.get(nodeName), [name]: value });
  }

  /** An attribute that a design does not hold. */
  #passOver(node: FinnNode, name: string, value: unknown): void {
    const held = Object.hasOwn(NOT_HELD, name) ? NOT_HELD[name] : undefined;
    if (held === undefined && !WITHOUT_EFFECT.has(name)) {
      this.notes.push(`${node.name} has no attribute ${shown(name)} here; it is ignored.`);
      return;
    }
    this.#carry(node.name, name, value);
    if (held === undefined) this.#ignored.add(name);
    else if (value !== held)
      this.notes.push(
        `${name} of ${node.name} is ${shown(value)}, which changes FINN's LUT or URAM and can't be held here; the estimate is that of ${held}.`,
      );
  }

  /** One attribute of one node; a default does not complain about nodes that lack it. */
  #take(node: FinnNode, name: string, value: unknown, isDefault: boolean): void {
    const attribute = ATTRIBUTES.find((one) => one.name === name);
    if (!attribute) {
      this.#passOver(node, name, value);
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

  /** `entries` are the names that a default may not have, as in qonnx. */
  defaults(value: unknown, entries: ReadonlySet<string>): void {
    const { defaults, notes } = readDefaults(value);
    this.notes.push(...notes);
    for (const { attribute, setting, opTypes } of defaults) {
      if (entries.has(attribute)) continue;
      for (const node of this.#nodes)
        if (opTypes === 'all' || opTypes.includes(node.opType)) this.#take(node, attribute, setting, true);
    }
  }

  entry(name: string, value: unknown): void {
    const found = this.#find(name);
    if (!found) {
      this.#unknown.push(name);
      return;
    }
    if (!isObject(value)) {
      this.notes.push(`The entry of ${name} must be an object of attributes; it is ignored.`);
      return;
    }
    if (found === 'inserted later') {
      this.#later.push(name);
      for (const [attribute, setting] of Object.entries(value)) this.#carry(name, attribute, setting);
      return;
    }
    this.#named.add(found.name);
    for (const [attribute, setting] of Object.entries(value)) this.#take(found, attribute, setting, false);
  }

  #summary(): readonly string[] {
    const [unknown, later] = [this.#unknown, this.#later];
    // A node without attributes, as a concat of streams is, has nothing that an entry could set.
    const settable = this.#nodes.filter((node) => ATTRIBUTES.some((one) => hasAttribute(node, one)));
    const missing = settable.filter(({ name }) => !this.#named.has(name)).map(({ name }) => name);
    const notes: string[] = [];
    if (unknown.length > 0)
      notes.push(
        `${unknown.length === 1 ? 'A node is' : `${unknown.length} nodes are`} not in this network and ignored: ${some(unknown.map(shown))}; was the file made for another network?`,
      );
    if (later.length > 0) notes.push(`Nodes that FINN inserts later are not estimated: ${some(later)}.`);
    if (missing.length > 0 && this.#named.size > 0)
      notes.push(
        `The file has no entry for ${some(missing)}: what it does not fold is folded automatically, while FINN leaves it as it is.`,
      );
    if (this.#ignored.size > 0)
      notes.push(`Without effect on the estimate, and ignored: ${[...this.#ignored].sort().join(', ')}.`);
    return notes;
  }

  finish(): FoldingConfig {
    const settings = Object.fromEntries(this.#settings);
    return {
      settings,
      carried: Object.fromEntries(this.#carried),
      notes: [...this.notes, ...coupledWindowNotes(this.#nodes, settings), ...this.#summary()],
    };
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
  else reading.defaults(defaults, new Set(Object.keys(entries)));
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
