import type { Network } from '../../../network/network.ts';
import { describeMap, inferGeometry } from '../../../network/shapes.ts';
import { type Device, verdictSentence } from '../placement.ts';
import { BOX_HEIGHT, layoutInspection, type PlacedFrame } from './inspectionLayout.ts';
import type { Inspection, LayerVerdict } from './inspector.ts';

/** Fill and edge on white; the text on each fill has a contrast of 7 : 1 and more. CPU boxes are dashed too. */
const LOOKS: Readonly<Record<Device, { readonly fill: string; readonly edge: string }>> = {
  DPU: { fill: '#dbe6ff', edge: '#2b5fd9' },
  CPU: { fill: '#ffe3cc', edge: '#a84a08' },
  USER: { fill: '#eceff4', edge: '#586275' },
};

const INK = '#1b2333';
/** Width of a character of a monospaced font at 11 px, a little wider than any of the usual ones. */
const CHARACTER = 6.8;
/** The shortest leaves the name of a subgraph room beside the edge that enters in the middle. */
const [SHORTEST, LONGEST, LONGEST_TITLE] = [30, 44, 60];

/** Characters that no XML file may hold, escaped or not (XML 1.0, production 2), and halves of characters. */
const NO_XML =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what it is for
  /[\u0000-\u0008\u000B\u000C\u000E-\u001F\uFFFE\uFFFF\p{Cs}]/gu;

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
};

/** Text as it may stand in XML, in an element and in an attribute: ids and names come from files of others. */
const escaped = (text: string): string =>
  text.replace(NO_XML, '\uFFFD').replace(/[&<>"']/g, (character) => ENTITIES[character] ?? '');

/** As many characters as fit, whole ones, with an ellipsis for the rest. */
function shortened(text: string, most: number): string {
  const characters = [...text];
  return characters.length <= most ? text : `${characters.slice(0, most - 1).join('')}…`;
}

/** What a layer's title says: on the CPU why, elsewhere where. */
function sentenceOf(verdict: LayerVerdict): string {
  const { layerId, device } = verdict;
  if (device === 'CPU')
    return verdictSentence(verdict) || `${layerId} runs on the CPU, where its input comes from.`;
  return device === 'DPU' ? `${layerId} runs on the DPU.` : `${layerId} comes from the user.`;
}

const frameRect = ({ device, x, y, width, height }: PlacedFrame): string =>
  `<rect class="subgraph" x="${x}" y="${y}" width="${width}" height="${height}" rx="6" fill="none" stroke="${LOOKS[device].edge}" stroke-opacity="0.6"/>`;

const frameName = ({ index, device, x, y }: PlacedFrame): string =>
  `<text class="subgraph-name" x="${x + 8}" y="${y + 14}" fill="${LOOKS[device].edge}" font-weight="600">${device} subgraph ${index}</text>`;

interface Lines {
  readonly id: string;
  readonly about: string;
}

function boxText(verdict: LayerVerdict, lines: Lines, x: number, y: number, width: number): string {
  const { device } = verdict;
  const { fill, edge } = LOOKS[device];
  const dashes = device === 'CPU' ? ' stroke-width="2" stroke-dasharray="6 3"' : '';
  return [
    '<g class="layer">',
    `<title>${escaped(sentenceOf(verdict))}</title>`,
    `<rect x="${x}" y="${y}" width="${width}" height="${BOX_HEIGHT}" rx="4" fill="${fill}" stroke="${edge}"${dashes}/>`,
    `<text x="${x + 8}" y="${y + 17}" font-weight="600">${escaped(lines.id)}</text>`,
    `<text x="${x + width - 8}" y="${y + 17}" text-anchor="end" fill="${edge}" font-weight="600">${device}</text>`,
    `<text x="${x + 8}" y="${y + 33}">${escaped(lines.about)}</text>`,
    '</g>',
  ].join('');
}

/**
 * The graph of an inspection as an SVG file (VT-44): layers from top to bottom by their longest path, with id,
 * kind, output shape and device, in frames by subgraph. What runs on the CPU says why in its title, which
 * browsers show at the pointer. A network without valid shapes is drawn without them.
 */
export function inspectionSvg(inspection: Inspection, network: Network): string {
  const geometry = inferGeometry(network);
  const linesOf = ({ layerId, kind }: LayerVerdict): Lines => {
    const map = geometry.ok ? geometry.value.get(layerId)?.ofm : undefined;
    const about = map ? `${kind}, ${describeMap(map)}` : kind;
    return { id: shortened(layerId, LONGEST - 6), about: shortened(about, LONGEST) };
  };
  const lines = new Map(inspection.layers.map((verdict) => [verdict.layerId, linesOf(verdict)]));
  let characters = SHORTEST;
  for (const { id, about } of lines.values())
    characters = Math.max(characters, [...id].length + 6, about.length);
  const boxWidth = Math.ceil(characters * CHARACTER) + 16;

  const { layers, dpuSubgraphCount, target } = inspection;
  const onDpu = layers.filter(({ device }) => device === 'DPU').length;
  const title = `${network.name} on ${target}`;
  const shownTitle = shortened(title, LONGEST_TITLE);
  const ours = layers.filter(({ device }) => device !== 'USER').length;
  const head = `${onDpu} of ${ours} layers on the DPU, in ${dpuSubgraphCount} ${dpuSubgraphCount === 1 ? 'subgraph' : 'subgraphs'}`;
  const drawn = layoutInspection(inspection, network, boxWidth, 58);
  const headWidth = Math.max(head.length, 1.2 * [...shownTitle].length) * CHARACTER;
  const width = Math.ceil(Math.max(drawn.width, headWidth + 40));
  return `${[
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${drawn.height}" viewBox="0 0 ${width} ${drawn.height}" font-family="ui-monospace, Menlo, Consolas, 'DejaVu Sans Mono', monospace" font-size="11" fill="${INK}">`,
    `<title>${escaped(title)}</title>`,
    '<rect width="100%" height="100%" fill="#ffffff"/>',
    `<text x="20" y="24" font-size="13" font-weight="600">${escaped(shownTitle)}</text>`,
    `<text x="20" y="42">${escaped(head)}</text>`,
    ...drawn.frames.map(frameRect),
    '<g fill="none" stroke="#848d9f" stroke-width="1.25">',
    ...drawn.edges.map((d) => `<path class="edge" d="${d}"/>`),
    '</g>',
    ...drawn.frames.map(frameName),
    ...drawn.boxes.map(({ verdict, x, y }) =>
      boxText(verdict, lines.get(verdict.layerId) ?? { id: '', about: '' }, x, y, boxWidth),
    ),
    '</svg>',
  ].join('\n')}\n`;
}
