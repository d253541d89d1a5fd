import type { Layer, LayerId, Network } from '../../core/network/network.ts';
import { inferGeometry } from '../../core/network/shapes.ts';
import { type Result, unwrap } from '../../core/result.ts';
import { LARGEST_LAYER_COUNT } from '../design/schema.ts';
import type { ImportedModel } from '../model/imported.ts';
import { nameFromFile, readTextModel, refuse, refuseTooMany, someOf } from '../model/textModel.ts';
import { csvText, delimiterOf, guarded, parseCsv } from './csv.ts';
import { LayerRow, readIds } from './layerRow.ts';
import {
  ATTRIBUTE_COLUMNS,
  attributeCells,
  COLUMNS,
  COMPUTED_COLUMNS,
  computedCells,
} from './layerTableColumns.ts';

/** Ids side by side: a bar between them, a backslash before a bar or backslash that belongs to one. */
const readsText = (ids: readonly string[]): string =>
  ids.map((id) => id.replace(/[\\|]/g, (sign) => `\\${sign}`)).join('|');

/**
 * The whole graph as a CSV table (RFC 4180, UTF-8), a row a layer with every attribute, the shape it hands on
 * (pixels, channels), its MACs a frame (1 MAC = 2 operations) and its parameters (as Keras counts them). The network's
 * name stands in the last column of the first row. Names that a spreadsheet would take for a formula get an
 * apostrophe, which `readLayerTable` takes away again. Throws a FaultError where the network is not valid.
 */
export function writeLayerTable(network: Network): string {
  const computed = computedCells(network);
  const rows = network.layers.map((layer, i) => {
    const attributes = attributeCells(layer);
    return [
      guarded(layer.id),
      layer.kind,
      guarded(readsText(layer.inputs)),
      ...ATTRIBUTE_COLUMNS.map((column) => attributes[column] ?? ''),
      ...(computed.get(layer.id) ?? []),
      i === 0 ? guarded(network.name) : '',
    ];
  });
  return csvText([COLUMNS, ...rows]);
}

/** Other words that people head these columns with. */
const OTHER_NAMES: Readonly<Record<string, string>> = {
  id: 'layer',
  name: 'layer',
  'layer name': 'layer',
  type: 'kind',
  'layer type': 'kind',
  inputs: 'reads',
  input: 'reads',
  'input shape': 'shape',
  units: 'filters',
  'kernel size': 'kernel',
  'pool size': 'kernel',
  strides: 'stride',
  'dilation rate': 'dilation',
  'depth multiplier': 'multiplier',
  'use bias': 'bias',
  height: 'output height',
  width: 'output width',
  channels: 'output channels',
  macs: 'MACs',
  params: 'parameters',
};

const KNOWN: ReadonlyMap<string, string> = new Map([
  ...Object.entries(OTHER_NAMES),
  ...COLUMNS.map((column): [string, string] => [column.toLowerCase(), column]),
]);

/** Our name of a column; null where it means nothing here. */
const columnOf = (header: string): string | null =>
  KNOWN.get(
    header
      .trim()
      .toLowerCase()
      .replace(/[\s_]+/g, ' '),
  ) ?? null;

/** Whether a text is a layer table: its first line has the columns layer and kind. */
export function isLayerTableText(text: string): boolean {
  const [header = []] = parseCsv(text.slice(0, 10_000), delimiterOf(text), 1).rows;
  const columns = header.map(columnOf);
  return columns.includes('layer') && columns.includes('kind');
}

type Row = readonly string[];

/** Where each of our columns stands; the first of two alike holds. */
function placesOf(header: Row, fileName: string, notes: string[]): ReadonlyMap<string, number> {
  const places = new Map<string, number>();
  const unknown: string[] = [];
  for (const [i, cell] of header.entries()) {
    const column = columnOf(cell);
    if (column !== null && !places.has(column)) places.set(column, i);
    else if (cell.trim() !== '') unknown.push(cell.trim());
  }
  if (!places.has('layer') || !places.has('kind'))
    refuse(
      'table-header',
      `${fileName} is no layer table: its first line must name the columns layer and kind.`,
      fileName,
    );
  if (unknown.length > 0) notes.push(`Columns that mean nothing here were left out: ${someOf(unknown)}.`);
  return places;
}

/** Sentences for computed columns that say something else than what is computed here. */
function checkComputed(
  network: Network,
  rows: readonly Row[],
  places: ReadonlyMap<string, number>,
): readonly string[] {
  const computed = computedCells(network);
  const different: string[] = [];
  for (const [i, layer] of network.layers.entries()) {
    for (const [at, column] of COMPUTED_COLUMNS.entries()) {
      const cell = rows[i]?.[places.get(column) ?? -1]?.trim() ?? '';
      const value = computed.get(layer.id)?.[at];
      if (cell !== '' && Number(cell) !== value)
        different.push(`${column} of ${layer.id} is ${cell.slice(0, 40)} in the table and ${value} here`);
    }
  }
  if (different.length === 0) return [];
  const more = different.length > 3 ? `, and ${different.length - 3} more differ` : '';
  return [`Computed from the attributes, which hold: ${different.slice(0, 3).join('; ')}${more}.`];
}

function readTable(text: string, fileName: string): ImportedModel {
  const { rows, isCut } = parseCsv(text, delimiterOf(text), 2 * LARGEST_LAYER_COUNT);
  const [header = [], ...body] = rows;
  const filled = body.filter((row) => row.some((cell) => cell.trim() !== ''));
  refuseTooMany(isCut ? Number.POSITIVE_INFINITY : filled.length, fileName);
  const notes: string[] = [];
  const places = placesOf(header, fileName, notes);
  const layers: Layer[] = [];
  for (const [i, row] of filled.entries()) {
    const cell = (column: string) => row[places.get(column) ?? -1] ?? '';
    const id = new LayerRow(cell, '').text('layer');
    const reading = new LayerRow(
      cell,
      id === '' ? `${fileName}, layer ${i + 1}` : `Layer ${id.slice(0, 60)}`,
    );
    if (id === '') reading.refuse('layer', 'a name');
    const reads = reading.text('reads');
    const before: readonly LayerId[] = layers.slice(-1).map((layer) => layer.id);
    const inputs = reads !== '' ? readIds(reads) : reading.kind() === 'input' ? [] : before;
    layers.push(reading.layer(id, inputs));
  }
  if (layers.length === 0) refuse('table-empty', `${fileName} holds no layer below its header.`, fileName);
  const [first = []] = filled;
  const name = new LayerRow((column) => first[places.get(column) ?? -1] ?? '', '').text('network');
  const network: Network = { name: name === '' ? nameFromFile(fileName) : name, layers };
  unwrap(inferGeometry(network));
  return {
    network,
    weights: null,
    source: 'a layer table',
    notes: [...notes, ...checkComputed(network, filled, places)],
  };
}

/**
 * Opens a table of layers, as `writeLayerTable` writes it or shorter: only layer and kind must be there, with what a
 * kind can't do without (shape, filters, kernel, slope). A row that names nothing it reads reads the row before;
 * see {@link LayerRow.layer} for other empty cells. Commas, semicolons or tabs. What the computed columns say is
 * checked, and a difference is a note.
 */
export const readLayerTable = (text: string, fileName: string): Result<ImportedModel> =>
  readTextModel(text, fileName, () => readTable(text, fileName));
