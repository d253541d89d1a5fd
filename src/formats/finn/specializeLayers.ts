import type { FinnNode } from '../../core/hardware/finn/nodes.ts';
import { fail, ok, type Result } from '../../core/result.ts';
import { readDefaults } from './defaults.ts';
import { isObject, isTooDeep, shown, some } from './fileText.ts';
import { nodesByName } from './nodeNames.ts';

/** What a layer is built of: C++ for high-level synthesis, or Verilog. */
export type ImplStyle = 'hls' | 'rtl';

const ATTRIBUTE = 'preferred_impl_style';

/** Inserted after layers are specialized: a configuration does not know them. */
const LATER: ReadonlySet<string> = new Set([
  'StreamingFIFO',
  'StreamingDataWidthConverter',
  'IODMA',
  'TLastMarker',
  'CheckSum',
]);

/** Op types of which FINN has both (finn.custom_op.fpgadataflow.rtl and .hls); all others here are HLS only. */
const BOTH: ReadonlySet<string> = new Set([
  'ConvolutionInputGenerator',
  'FMPadding',
  'MVAU',
  'VVAU',
  'Thresholding',
]);

const familyOf = ({ opType }: FinnNode): string => opType.replace(/_(?:hls|rtl)$/, '');
const styleOf = ({ opType }: FinnNode): ImplStyle => (opType.endsWith('_rtl') ? 'rtl' : 'hls');

/** Nodes with their names before layers are specialized: `<op type>_<i>`, where i counts both styles together. */
function generalNames(
  nodes: readonly FinnNode[],
): readonly { readonly node: FinnNode; readonly name: string }[] {
  const counts = new Map<string, number>();
  return nodes
    .filter((node) => !LATER.has(familyOf(node)))
    .map((node) => {
      const family = familyOf(node);
      const count = counts.get(family) ?? 0;
      counts.set(family, count + 1);
      return { node, name: `${family}_${count}` };
    });
}

/**
 * FINN's `specialize_layers_config_file`: Defaults, then the preferred style of each node, by its name before
 * `SpecializeLayers` (MVAU_0, not MVAU_hls_0), as finn-examples' specialize_layers_config/*.json have them. The style
 * is the one each node has here.
 */
export function writeSpecializeLayers(nodes: readonly FinnNode[]): string {
  const config: Record<string, unknown> = { Defaults: {} };
  for (const { node, name } of generalNames(nodes)) config[name] = { [ATTRIBUTE]: styleOf(node) };
  return `${JSON.stringify(config, null, 2)}\n`;
}

export interface SpecializeLayers {
  /** By the name of a node here: what FINN makes of what the file prefers. Nodes it does not name are missing. */
  readonly styles: Readonly<Record<string, ImplStyle>>;
  /** What was not taken as written, one sentence each. */
  readonly notes: readonly string[];
}

/** Why FINN builds a node in the other style, as far as the node tells (specialize_layers.py); null where it can. */
function obstacle(node: FinnNode, style: ImplStyle): string | null {
  if (style === 'rtl') {
    if (!BOTH.has(familyOf(node))) return 'there is no RTL variant of it';
    if ('noActivation' in node && !node.noActivation) return 'thresholds in the same node need HLS';
    if ('binaryXnorMode' in node && node.binaryXnorMode) return 'binary products need HLS';
    return null;
  }
  if (!('ifmDim' in node) || node.is1d) return null;
  const { kernel, ifmDim, ofmDim, stride, dilation } = node;
  const square = [kernel, ifmDim, ofmDim, stride].every(([rows, columns]) => rows === columns);
  return square && dilation[0] === 1 && dilation[1] === 1 ? null : 'HLS needs square maps without dilation';
}

/** Far more than any configuration: a network of 2,000 nodes has 150 kB. */
const MOST_CHARACTERS = 10_000_000;

function parse(text: string, where: string): Result<Readonly<Record<string, unknown>>> {
  if (text.length > MOST_CHARACTERS)
    return fail('specialize-size', `${where} is too large for a list of styles; choose FINN's file.`, where);
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    return fail(
      'specialize-json',
      `${where} is not JSON (${(error as Error).message}); export it from FINN again.`,
      where,
    );
  }
  if (isTooDeep(json))
    return fail(
      'specialize-shape',
      `${where} nests deeper than a file of preferred styles does; export it from FINN again.`,
      where,
    );
  return isObject(json)
    ? ok(json)
    : fail(
        'specialize-shape',
        `${where} is no list of styles: it must be an object with Defaults and an entry a node.`,
        where,
      );
}

/** Collects what a file prefers for the nodes of a graph. */
class Preferences {
  readonly notes: string[] = [];
  readonly #styles = new Map<string, ImplStyle>();
  readonly #unknown: string[] = [];
  readonly #ignored = new Set<string>();
  readonly #nodes: readonly FinnNode[];

  constructor(nodes: readonly FinnNode[]) {
    this.#nodes = nodes;
  }

  #prefer(node: FinnNode, value: unknown, told: boolean): void {
    if (value !== 'hls' && value !== 'rtl') {
      this.notes.push(
        `${ATTRIBUTE} of ${node.name} is ${shown(value)} and must be "hls" or "rtl"; it is ignored.`,
      );
      return;
    }
    const reason = obstacle(node, value);
    if (reason !== null && told)
      this.notes.push(
        `${node.name} is preferred in ${value.toUpperCase()}, but ${reason}; FINN builds the other style.`,
      );
    this.#styles.set(node.name, reason === null ? value : value === 'rtl' ? 'hls' : 'rtl');
  }

  defaults(value: unknown): void {
    const { defaults, notes } = readDefaults(value);
    this.notes.push(...notes);
    for (const { attribute, setting, opTypes } of defaults) {
      if (attribute !== ATTRIBUTE) this.#ignored.add(attribute);
      else
        for (const { node } of generalNames(this.#nodes))
          if (opTypes === 'all' || opTypes.includes(familyOf(node))) this.#prefer(node, setting, false);
    }
  }

  entries(entries: Readonly<Record<string, unknown>>): void {
    const find = nodesByName(this.#nodes);
    for (const [name, value] of Object.entries(entries)) {
      const node = find(name);
      if (node === null || node === 'inserted later') this.#unknown.push(name);
      else if (!isObject(value))
        this.notes.push(`The entry of ${name} must be an object of attributes; it is ignored.`);
      else {
        for (const attribute of Object.keys(value)) if (attribute !== ATTRIBUTE) this.#ignored.add(attribute);
        if (Object.hasOwn(value, ATTRIBUTE)) this.#prefer(node, value[ATTRIBUTE], true);
      }
    }
  }

  finish(): SpecializeLayers {
    const notes = [...this.notes];
    if (this.#unknown.length > 0)
      notes.push(
        `${this.#unknown.length === 1 ? 'A node is' : `${this.#unknown.length} nodes are`} not in this network and ignored: ${some(this.#unknown.map(shown))}; was the file made for another network?`,
      );
    if (this.#ignored.size > 0)
      notes.push(
        `Other attributes than ${ATTRIBUTE} are ignored: ${some([...this.#ignored].sort().map(shown))}.`,
      );
    return { styles: Object.fromEntries(this.#styles), notes };
  }
}

/**
 * Reads a `specialize_layers_config_file` for the nodes of a graph, named as before or after specialization. A style
 * that FINN can't build becomes the other one, with a note (limits that hang on the FPGA part or on weights are not
 * known here). Fails where the text is no such file, or names no node of this graph.
 */
export function readSpecializeLayers(
  text: string,
  nodes: readonly FinnNode[],
  where = 'This file',
): Result<SpecializeLayers> {
  const json = parse(text, where);
  if (!json.ok) return json;
  const { Defaults: defaults, ...entries } = json.value;
  const preferences = new Preferences(nodes);
  if (defaults === undefined)
    preferences.notes.push(
      'FINN wants the key "Defaults", even if empty, and this file has none; it is read without.',
    );
  else preferences.defaults(defaults);
  preferences.entries(entries);
  const read = preferences.finish();
  if (Object.keys(read.styles).length === 0 && Object.keys(entries).length > 0)
    return fail(
      'specialize-nothing',
      `${where} prefers nothing for this network: ${read.notes[0] ?? 'no entry has a style.'}`,
      where,
    );
  return ok(read);
}
