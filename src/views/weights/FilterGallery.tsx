import { useEffect, useMemo, useRef, useState } from 'react';
import { formatWeight } from '../../charts/histogramModel.ts';
import {
  type FilterPicture,
  filterPictures,
  firstConvolution,
  type PictureScale,
} from '../../core/network/filterPictures.ts';
import { parameterKey } from '../../core/network/network.ts';
import { formatInteger } from '../../core/quantity.ts';
import type { Model } from '../../state/modelStore.ts';
import { Segmented } from '../parts/fields.tsx';
import { Empty, Panel } from '../parts/Panel.tsx';

/** More would be a wallpaper. */
const SHOWN_AT_MOST = 96;

/** Pixels on screen that a picture's longer side has about. */
const SIDE = 44;

const SCALES = [
  { value: 'layer', label: 'whole layer' },
  { value: 'filter', label: 'each filter' },
] as const;

/** What the first convolution looks for: its kernels as pictures. */
export function FilterGallery({ model }: { model: Model }) {
  const [scale, setScale] = useState<PictureScale>('layer');
  const layer = firstConvolution(model.network);
  const parameter = layer?.kind === 'depthwiseConv2d' ? 'depthwiseKernel' : 'kernel';
  const tensor = layer ? model.weights[parameterKey(layer.id, parameter)] : undefined;
  const drawn = useMemo(
    () => (tensor ? filterPictures(tensor, scale, SHOWN_AT_MOST) : null),
    [tensor, scale],
  );
  const title = 'First-layer filters';
  if (!layer || !drawn) {
    return (
      <Panel title={title}>
        <Empty>This network has no convolution, and so no filters to look at.</Empty>
      </Panel>
    );
  }
  if (!drawn.ok) {
    return (
      <Panel title={title}>
        <Empty>{drawn.error.message}</Empty>
      </Panel>
    );
  }
  const { pictures, totalCount, color } = drawn.value;
  const what = color === 'rgb' ? 'in red, green and blue' : 'one a filter and input channel';
  return (
    <Panel
      title={title}
      subtitle={`${layer.id}, ${layer.kernelSize.join('x')}, ${what}${
        totalCount > pictures.length ? `; the first ${pictures.length} of ${formatInteger(totalCount)}` : ''
      }`}
    >
      <ul className="filters" aria-label={`Filters of ${layer.id}`}>
        {pictures.map((picture) => (
          <li key={`${picture.filter}/${picture.inputChannel}`}>
            <Filter picture={picture} layerId={layer.id} />
          </li>
        ))}
      </ul>
      <div className="field-row">
        <Segmented label="Brightness over" value={scale} options={SCALES} onChange={setScale} />
        <p className="chart-note">
          Middle gray is zero; darker is negative, brighter positive, up to the largest magnitude
          {scale === 'layer' ? ' of the layer.' : ' of each filter.'}
        </p>
      </div>
    </Panel>
  );
}

function Filter({ picture, layerId }: { picture: FilterPicture; layerId: string }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const { width, height, pixels, filter, inputChannel, largestMagnitude } = picture;
  useEffect(() => {
    canvas.current?.getContext('2d')?.putImageData(new ImageData(pixels, width, height), 0, 0);
  }, [pixels, width, height]);
  const zoom = Math.max(2, Math.round(SIDE / Math.max(3, width, height)));
  const of = inputChannel === null ? '' : `, input channel ${inputChannel}`;
  const label = `Filter ${filter} of ${layerId}${of}: largest magnitude ${formatWeight(largestMagnitude)}`;
  return (
    <canvas
      ref={canvas}
      role="img"
      aria-label={label}
      title={label}
      width={width}
      height={height}
      style={{ width: width * zoom, height: height * zoom }}
    />
  );
}
