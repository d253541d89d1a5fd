import { line, scaleLinear } from 'd3';
import { useId, useState } from 'react';
import { type ConvolutionSize, separableRatio } from '../../core/network/convolutionCosts.ts';
import { formatInteger, formatSignificant } from '../../core/quantity.ts';
import { comparedText } from './chosenConvolution.ts';

/** The slider goes over powers of two: 1 to 4,096 filters, in quarters of an octave. */
const MOST = 12;
const STEP = 0.25;
const BOX = { width: 220, height: 46, inset: 5 };

/** How often fewer MACs a separable convolution takes, over the number of filters, up to its limit. */
export function SavingCurve({ size }: { size: ConvolutionSize }) {
  const { kernelHeight, kernelWidth, outputChannels } = size;
  const id = useId();
  const [exponent, setExponent] = useState<number | null>(null);
  const filters = exponent === null ? outputChannels : Math.round(2 ** exponent);
  const area = kernelHeight * kernelWidth;
  const saving = 1 / separableRatio(area, filters);
  const kernel = `${kernelHeight}x${kernelWidth}`;
  const { width, height, inset } = BOX;
  const x = scaleLinear([0, MOST], [inset, width - inset]).clamp(true);
  const y = scaleLinear([0, Math.max(area, 1)], [height - inset, inset]);
  const stops = Array.from({ length: MOST / STEP + 1 }, (_, i): [number, number] => [
    x(i * STEP),
    y(1 / separableRatio(area, 2 ** (i * STEP))),
  ]);
  return (
    <div className="saving">
      <div className="saving-control">
        <label htmlFor={id}>Filters N</label>
        <input
          id={id}
          type="range"
          min={0}
          max={MOST}
          step={STEP}
          value={exponent ?? Math.min(MOST, Math.log2(outputChannels))}
          aria-valuetext={`${formatInteger(filters)} filters: ${comparedText(1 / saving, 1)} MACs`}
          onChange={(event) => setExponent(Number(event.target.value))}
        />
        <svg className="saving-curve" width={width} height={height} aria-hidden="true">
          <line className="limit" x1={inset} x2={width - inset} y1={y(area)} y2={y(area)} />
          <path d={line()(stops) ?? ''} />
          <circle cx={x(Math.log2(filters))} cy={y(saving)} r={4} />
        </svg>
      </div>
      <p className="chart-note">
        With <strong>N = {formatInteger(filters)}</strong> filters of {kernel}, the separable form takes 1/N +
        1/{area} = {formatSignificant(1 / saving, 4)} of the MACs
        {saving > 1 ? (
          <>
            : <strong>{formatSignificant(saving)} times fewer</strong>. With ever more filters that tends to{' '}
            {area}, the area of the kernel, and never reaches it.
          </>
        ) : (
          ': it saves nothing, for too little is left to separate.'
        )}
      </p>
    </div>
  );
}
