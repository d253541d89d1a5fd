import { fail, ok, type Result } from '../../result.ts';
import { editLayer, type LayerPatch, setFilters } from '../edit.ts';
import type { Layer, LayerId, Network, Padding, Pair } from '../network.ts';
import { geometryAt, inferGeometry } from '../shapes.ts';
import { checkedEdit, type Edited } from './graph.ts';
import { asKind, type NewLayerKind } from './newLayer.ts';
import { tiedWidths } from './tiedWidths.ts';

/** An attribute as people set it: as text, for a pair may be 3 or 3x5 and a padding a word or four numbers. */
export interface Attribute {
  readonly key: string;
  readonly label: string;
  readonly text: string;
  /** What may be written, for the fault and the hint. */
  readonly form: string;
  /** The choices, where there are only these. */
  readonly choices?: readonly string[];
}

interface Form {
  readonly form: string;
  readonly choices?: readonly string[];
  readonly write: (value: never) => string;
  /** Undefined where the text is none of this form. */
  readonly read: (text: string) => unknown;
}

/** As large as a design may hold. */
const LARGEST = 65_536;
const LARGEST_WINDOW = 4096;

const numbers = (text: string): readonly number[] =>
  text
    .trim()
    .split(/\s*[x×,;\s]\s*/i)
    .map((part) => (/^\d{1,9}$/.test(part) ? Number(part) : Number.NaN));

const inside = (low: number, high: number) => (n: number) => n >= low && n <= high;

const whole: Form = {
  form: `a whole number from 1 to ${LARGEST}`,
  write: (value: number) => String(value),
  read(text) {
    const [n, another] = numbers(text);
    return another === undefined && n !== undefined && inside(1, LARGEST)(n) ? n : undefined;
  },
};

const pairText = ([height, width]: Pair) => (height === width ? String(height) : `${height}x${width}`);

const pair: Form = {
  form: `a whole number from 1 to ${LARGEST_WINDOW}, or height x width as in 3x5`,
  write: pairText,
  read(text) {
    const found = numbers(text);
    if (found.length > 2 || !found.every(inside(1, LARGEST_WINDOW))) return undefined;
    const [height, width = height] = found;
    return [height, width];
  },
};

const padding: Form = {
  form: 'same, valid, one number for all sides, or top, bottom, left, right',
  write: (value: Padding) => {
    if (typeof value === 'string') return value;
    return new Set(value).size === 1 ? String(value[0]) : value.join(', ');
  },
  read(text) {
    const word = text.trim().toLowerCase();
    if (word === 'same' || word === 'valid') return word;
    const found = numbers(text);
    if (!found.every(inside(0, LARGEST_WINDOW))) return undefined;
    const [all] = found;
    return found.length === 1 ? [all, all, all, all] : found.length === 4 ? found : undefined;
  },
};

const yesNo: Form = {
  form: 'yes or no',
  choices: ['yes', 'no'],
  write: (value: boolean) => (value ? 'yes' : 'no'),
  read: (text) => (text === 'yes' ? true : text === 'no' ? false : undefined),
};

const number = (low: number, high: number): Form => ({
  form: `a number from ${low} to ${high}`,
  write: (value: number) => String(Number(value.toPrecision(6))),
  read(text) {
    const n = text.trim() === '' ? Number.NaN : Number(text);
    return n >= low && n <= high ? n : undefined;
  },
});

const word = (...choices: readonly string[]): Form => ({
  form: choices.join(' or '),
  choices,
  write: (value: string) => value,
  read: (text) => (choices.includes(text) ? text : undefined),
});

/** By key, how an attribute is called and written. Keys that stand in no layer of a kind are not offered for it. */
const FORMS: readonly (readonly [key: string, label: string, form: Form])[] = [
  ['filters', 'Filters', whole],
  ['units', 'Units', whole],
  ['kernelSize', 'Kernel', pair],
  ['poolSize', 'Window', pair],
  ['size', 'Times', pair],
  ['strides', 'Stride', pair],
  ['padding', 'Padding', padding],
  ['dilationRate', 'Dilation', pair],
  ['groups', 'Groups', whole],
  ['depthMultiplier', 'Depth multiplier', whole],
  ['useBias', 'Bias', yesNo],
  ['epsilon', 'Epsilon', number(0, 1)],
  ['rate', 'Rate', number(0, 1)],
  ['slope', 'Slope', number(0, 1)],
  ['interpolation', 'Interpolation', word('nearest', 'bilinear')],
];

const EXTENTS = [
  ['height', 'Height'],
  ['width', 'Width'],
  ['channels', 'Channels'],
] as const;

/** Everything of a layer that can be set, as text, in the order of a form. */
export function attributesOf(layer: Layer): readonly Attribute[] {
  if (layer.kind === 'input')
    return EXTENTS.map(([key, label]) => ({
      key,
      label,
      text: String(layer.shape[key]),
      form: whole.form,
    }));
  const values = layer as unknown as Readonly<Record<string, never>>;
  return FORMS.filter(([key]) => key in layer).map(([key, label, { form, choices, write }]) => ({
    key,
    label,
    text: write(values[key] as never),
    form,
    ...(choices ? { choices } : {}),
  }));
}

/** Attributes that are said only where they are not these. */
const USUAL: Readonly<Record<string, string>> = {
  strides: '1',
  padding: 'same',
  dilationRate: '1',
  groups: '1',
  depthMultiplier: '1',
  useBias: 'no',
  epsilon: '0.001',
};

/** What sets a layer apart, in one line: "32 filters, 3x3, stride 2, bias". */
export function attributesLine(layer: Layer): string {
  if (layer.kind === 'input') return '';
  const values = layer as unknown as Readonly<Record<string, Pair | undefined>>;
  return attributesOf(layer)
    .filter(({ key, text }) => USUAL[key] !== text && !(layer.kind.endsWith('Pool') && text === 'valid'))
    .map(({ key, label, text }) => {
      if (key === 'filters' || key === 'units') return `${text} ${key}`;
      if (key === 'kernelSize' || key === 'poolSize' || key === 'size') return values[key]?.join('x') ?? text;
      if (key === 'useBias') return 'bias';
      return key === 'interpolation' ? text : `${label.toLowerCase()} ${text}`;
    })
    .join(', ');
}

const asEdited = (result: Result<Network>): Result<Edited> =>
  result.ok ? ok({ network: result.value, added: [], alsoRemoved: [] }) : result;

/**
 * One attribute set from what somebody wrote. Another number of filters takes along the layers it is added to.
 * A text of another form, or a value that does not fit the network, is a fault that says what would.
 */
export function setAttribute(network: Network, id: LayerId, key: string, text: string): Result<Edited> {
  const layer = network.layers.find((candidate) => candidate.id === id);
  const attribute = layer && attributesOf(layer).find((candidate) => candidate.key === key);
  if (!layer || !attribute) return fail('no-attribute', `Layer ${id} has no ${key}; choose one it has.`, id);
  const form = layer.kind === 'input' ? whole : FORMS.find(([other]) => other === key)?.[2];
  const value = form?.read(text);
  if (value === undefined)
    return fail('attribute-form', `${attribute.label} needs ${attribute.form}; ${attribute.text} stays.`, id);
  if (layer.kind === 'input')
    return asEdited(editLayer(network, id, { shape: { ...layer.shape, [key]: value } }));
  const alone = editLayer(network, id, { [key]: value } as LayerPatch);
  const isWidth = key === 'filters' || key === 'units';
  return asEdited(alone.ok || !isWidth ? alone : setTiedWidth(network, id, value as number));
}

/** A width that others share: all of them get it. The long way finds what lies behind concatenations. */
function setTiedWidth(network: Network, id: LayerId, width: number): Result<Network> {
  const tied = tiedWidths(network, id);
  const producers = network.layers.filter((layer) => tied?.includes(layer.id));
  if (tied === null || producers.some(({ kind }) => kind === 'input')) return setFilters(network, id, width);
  const layers = network.layers.map((layer): Layer => {
    if (!tied.includes(layer.id)) return layer;
    if (layer.kind === 'dense') return { ...layer, units: width };
    return layer.kind === 'conv2d' ? { ...layer, filters: width } : layer;
  });
  const edited = checkedEdit(network, layers);
  return edited.ok ? ok(edited.value.network) : setFilters(network, id, width);
}

/** The layer as another kind of its family. */
export function changeKind(network: Network, id: LayerId, kind: NewLayerKind): Result<Edited> {
  const geometry = inferGeometry(network);
  if (!geometry.ok) return geometry;
  const layers = network.layers.map((layer) =>
    layer.id === id ? asKind(layer, kind, geometryAt(geometry.value, id).ifm) : layer,
  );
  return checkedEdit(network, layers);
}
