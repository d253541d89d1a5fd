import { refuse, refuseTooMany } from '../model/textModel.ts';
import { Fields } from './fields.ts';
import { typeName } from './layerTypes.ts';
import type { TextMessage } from './textFormat.ts';

/** One layer of a prototxt, its type under today's name. */
export interface CaffeLayer {
  readonly name: string;
  readonly type: string;
  readonly bottoms: readonly string[];
  readonly tops: readonly string[];
  readonly fields: Fields;
}

/** An input of the net itself: [N, C, H, W], or fewer numbers. */
export interface NetInput {
  readonly name: string;
  readonly dims: readonly number[] | null;
}

export interface CaffeNet {
  readonly name: string;
  readonly inputs: readonly NetInput[];
  /** What runs when images are classified (phase TEST), in the order of the file. */
  readonly layers: readonly CaffeLayer[];
  /** Names of layers that only run while training. */
  readonly trained: readonly string[];
}

/** Whether a rule holds for a net in phase TEST, of level 0 and no stage (Caffe, `Net::StateMeetsRule`). */
function meets(rule: TextMessage): boolean {
  const fields = new Fields(rule, 'a rule');
  const phase = fields.text('phase');
  if (phase !== null && phase !== 'TEST' && phase !== '1') return false;
  if (fields.has('stage')) return false;
  return fields.number('min_level', 0) <= 0 && fields.number('max_level', 0) >= 0;
}

/** Caffe, `Net::FilterNet`: rules of inclusion hold alone where there are some. */
function runsInTest(fields: Fields): boolean {
  const included = fields.messages('include');
  return included.length > 0 ? included.some(meets) : !fields.messages('exclude').some(meets);
}

function layerOf(message: TextMessage, fileName: string): CaffeLayer {
  const plain = new Fields(message, fileName);
  if (plain.has('layer'))
    refuse(
      'caffe-old',
      `${fileName}, line ${message.line}: the layer is written as Caffe did before 2014; upgrade the file with Caffe's upgrade_net_proto_text and open that.`,
      fileName,
    );
  const tops = plain.texts('top');
  const name = plain.text('name') ?? tops[0] ?? `line ${message.line}`;
  const written = plain.text('type');
  if (written === null)
    refuse('caffe-field', `${fileName}, line ${message.line}: layer ${name} has no type; add it.`, name);
  const type = typeName(written);
  return { name, type, bottoms: plain.texts('bottom'), tops, fields: new Fields(message, `Layer ${name}`) };
}

/** Dimensions of the net's inputs: a shape for each, or four numbers for each in a row. */
function inputsOf(net: Fields): readonly NetInput[] {
  const names = net.texts('input');
  const shapes = net.messages('input_shape').map((shape) => new Fields(shape, 'The input').numbers('dim'));
  const numbers = net.numbers('input_dim');
  return names.map((name, i) => {
    const dims = shapes[i] ?? numbers.slice(4 * i, 4 * i + 4);
    return { name, dims: dims.length > 0 ? dims : null };
  });
}

/** The net of a prototxt, without the layers that only run while training. */
export function netOf(message: TextMessage, fileName: string): CaffeNet {
  const net = new Fields(message, fileName);
  const written = [...net.messages('layer'), ...net.messages('layers')];
  if (written.length === 0)
    refuse(
      'caffe-empty',
      net.has('base_lr') || net.has('net') || net.has('train_net')
        ? `${fileName} is a solver and holds no layers; open the prototxt that its net or train_net names.`
        : `${fileName} holds no layers; open a Caffe prototxt with a network.`,
      fileName,
    );
  refuseTooMany(written.length, fileName);
  const layers: CaffeLayer[] = [];
  const trained: string[] = [];
  for (const one of written) {
    const layer = layerOf(one, fileName);
    if (runsInTest(layer.fields)) layers.push(layer);
    else trained.push(layer.name);
  }
  return { name: net.text('name') ?? '', inputs: inputsOf(net), layers, trained };
}
