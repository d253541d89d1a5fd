import { useEffect, useMemo, useRef, useState } from 'react';
import { useStore } from 'zustand';
import type { ConfusionCell } from '../../charts/confusionMatrixModel.ts';
import type { FeatureMap } from '../../core/network/network.ts';
import { formatInteger, formatPercent } from '../../core/quantity.ts';
import { type Mistake, mistakesOf } from '../../core/training/metrics.ts';
import { requestPictures } from '../../state/actions/metrics.ts';
import { metricsStore } from '../../state/metricsStore.ts';
import type { HeldPart, Prediction } from '../../workers/protocol.ts';
import { Empty, Panel } from '../parts/Panel.tsx';

const PAGE = 24;

interface MistakesPanelProps {
  readonly prediction: Prediction;
  readonly dataKey: string;
  readonly names: readonly string[];
  readonly part: HeldPart;
  readonly selected: ConfusionCell | null;
  readonly onShowAll: () => void;
}

/** The images that the network is wrong about, the most confident mistakes first. */
export function MistakesPanel({ prediction, dataKey, names, part, selected, onShowAll }: MistakesPanelProps) {
  const mistakes = useMemo(
    () => mistakesOf(prediction, prediction.report.predicted, selected),
    [prediction, selected],
  );
  const [more, setMore] = useState({ of: mistakes, count: PAGE });
  const count = more.of === mistakes ? more.count : PAGE;
  const shown = useMemo(() => mistakes.slice(0, count), [mistakes, count]);
  const { indices } = prediction;
  useEffect(() => {
    void requestPictures(shown.map(({ position }) => indices[position] as number));
  }, [shown, indices]);
  const pictures = useStore(metricsStore, (state) => state.pictures);
  const known = pictures?.dataKey === dataKey ? pictures : null;
  const about = selected
    ? selected.label === selected.predicted
      ? `${names[selected.label]}, recognized`
      : `${names[selected.label]} taken for ${names[selected.predicted]}`
    : 'the most confident ones first';
  return (
    <Panel
      title="Mistakes"
      subtitle={`${formatInteger(mistakes.length)} ${mistakes.length === 1 ? 'image' : 'images'}; ${about}`}
      className="span-all"
      actions={
        selected && (
          <button type="button" className="quiet small" onClick={onShowAll}>
            Show all
          </button>
        )
      }
    >
      {shown.length === 0 ? (
        <Empty>
          {selected
            ? 'No mistakes in this cell. Choose another one in the matrix, or show all.'
            : `The network is right on every ${part} image.`}
        </Empty>
      ) : (
        <ul className="mistakes" aria-label="Mistakes">
          {shown.map((mistake) => (
            <MistakeItem
              key={mistake.position}
              mistake={mistake}
              names={names}
              image={known?.image ?? null}
              pixels={known?.byIndex.get(indices[mistake.position] as number) ?? null}
            />
          ))}
        </ul>
      )}
      {count < mistakes.length && (
        <button type="button" className="more" onClick={() => setMore({ of: mistakes, count: count + PAGE })}>
          Show {Math.min(PAGE, mistakes.length - count)} more
        </button>
      )}
    </Panel>
  );
}

interface MistakeItemProps {
  readonly mistake: Mistake;
  readonly names: readonly string[];
  readonly image: FeatureMap | null;
  readonly pixels: Uint8Array | null;
}

function MistakeItem({ mistake, names, image, pixels }: MistakeItemProps) {
  const { label, predicted, confidence, ofTruth } = mistake;
  const [truth, taken] = [names[label] ?? '', names[predicted] ?? ''];
  return (
    <li>
      {image && pixels ? (
        <Picture image={image} pixels={pixels} name={`An image of ${truth}`} />
      ) : (
        <span className="picture-waiting" />
      )}
      <span className="mistake-text">
        <b>{truth}</b>
        <span>taken for {taken}</span>
        <span>
          {formatPercent(confidence, 0)} sure; truth {formatPercent(ofTruth, 0)}
        </span>
      </span>
    </li>
  );
}

function Picture({ image, pixels, name }: { image: FeatureMap; pixels: Uint8Array; name: string }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const { height, width, channels } = image;
  useEffect(() => {
    const context = canvas.current?.getContext('2d');
    if (!context) return;
    const picture = context.createImageData(width, height);
    for (let p = 0; p < width * height; p++) {
      for (let c = 0; c < 3; c++)
        picture.data[4 * p + c] = pixels[p * channels + (channels === 3 ? c : 0)] ?? 0;
      picture.data[4 * p + 3] = 255;
    }
    context.putImageData(picture, 0, 0);
  }, [pixels, width, height, channels]);
  return <canvas ref={canvas} width={width} height={height} role="img" aria-label={name} />;
}
