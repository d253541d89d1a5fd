export { toCsv } from './csv.ts';

/** What a drawing takes from the page's style sheet; everything else is in its attributes. */
const PROPERTIES = [
  'fill',
  'fill-opacity',
  'stroke',
  'stroke-opacity',
  'stroke-width',
  'stroke-dasharray',
  'stroke-linecap',
  'stroke-linejoin',
  'paint-order',
  'opacity',
  'visibility',
  'shape-rendering',
  'text-anchor',
  'font-family',
  'font-size',
  'font-weight',
  'font-variant-numeric',
] as const;

/** Drawing programs know rgb(), but not the color(srgb ...) that color-mix() computes to. */
export function plainColor(value: string): string {
  const match = /^color\(srgb ([\d.e-]+) ([\d.e-]+) ([\d.e-]+)(?: \/ ([\d.e-]+))?\)$/.exec(value);
  if (!match) return value;
  const [r, g, b] = match.slice(1, 4).map((part) => Math.round(Number(part) * 255));
  return match[4] === undefined ? `rgb(${r}, ${g}, ${b})` : `rgba(${r}, ${g}, ${b}, ${match[4]})`;
}

const USELESS = new Set(['data-item', 'tabindex', 'class']);

function inlineStyles(source: Element, copy: Element): void {
  const style = getComputedStyle(source);
  const inlined = PROPERTIES.map((name) => `${name}:${plainColor(style.getPropertyValue(name))}`);
  copy.setAttribute('style', inlined.join(';'));
  for (const name of USELESS) copy.removeAttribute(name);
  if (copy.hasAttribute('data-sticky')) copy.removeAttribute('transform');
  [...source.children].forEach((child, i) => {
    const twin = copy.children[i];
    if (twin) inlineStyles(child, twin);
  });
}

/** The whole drawing, scrolled-away parts too, as a file that looks the same outside the page. */
export function toSvgText(svg: SVGSVGElement): string {
  const copy = svg.cloneNode(true) as SVGSVGElement;
  inlineStyles(svg, copy);
  for (const hit of copy.querySelectorAll('[style*="fill:rgba(0, 0, 0, 0);"]')) {
    if (hit.tagName === 'rect' || hit.tagName === 'circle') hit.remove(); // only there to be pointed at
  }
  const surface = getComputedStyle(svg).getPropertyValue('--chart-surface').trim() || '#ffffff';
  const back = document.createElementNS('http://www.w3.org/2000/svg', 'rect');
  back.setAttribute('width', '100%');
  back.setAttribute('height', '100%');
  back.setAttribute('fill', surface);
  copy.prepend(back);
  copy.setAttribute('xmlns', 'http://www.w3.org/2000/svg');
  return new XMLSerializer().serializeToString(copy);
}

/** `scale` 2 for screens, 4 for print. */
export async function toPngBlob(svg: SVGSVGElement, scale = 2): Promise<Blob> {
  const image = new Image();
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(toSvgText(svg))}`;
  await image.decode();
  const canvas = document.createElement('canvas');
  canvas.width = Math.round(Number(svg.getAttribute('width')) * scale);
  canvas.height = Math.round(Number(svg.getAttribute('height')) * scale);
  const context = canvas.getContext('2d');
  if (!context) throw new Error('This browser gives no 2D canvas, so no PNG; export the SVG instead.');
  context.drawImage(image, 0, 0, canvas.width, canvas.height);
  return new Promise((resolve, reject) => {
    canvas.toBlob((blob) => {
      if (blob) resolve(blob);
      else reject(new Error('The PNG is too large for this browser; choose a smaller scale.'));
    }, 'image/png');
  });
}
