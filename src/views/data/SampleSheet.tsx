import { useState } from 'react';
import { formatInteger } from '../../core/quantity.ts';
import type { LoadedData } from '../../state/dataStore.ts';
import { Panel } from '../parts/Panel.tsx';
import { ImageStrip } from './ImageStrip.tsx';
import { Pager, pageCount } from './Pager.tsx';

/** Classes shown at once: each has a canvas of its own. */
const SHOWN = 50;

/** Some images of every class. */
export function SampleSheet({ data }: { data: LoadedData }) {
  const [asked, setPage] = useState(0);
  const page = Math.min(asked, pageCount(data.classNames.length, SHOWN) - 1);
  const { height, width, channels } = data.image;
  const first = page * SHOWN;
  return (
    <Panel
      title="Images by class"
      subtitle={`${data.name}: ${formatInteger(data.imageCount)} images, ${height}x${width}x${channels}${data.synthetic ? ', synthetic' : ''}`}
      className="span-all"
    >
      <div className="sheet">
        {data.classNames.slice(first, first + SHOWN).map((name, i) => {
          const images = data.samples.byClass[first + i] ?? [];
          return (
            <div key={name} className="sheet-row">
              <span className="sheet-name" title={name}>
                {name}
              </span>
              <span className="sheet-count">{formatInteger(data.countByClass[first + i] ?? 0)}</span>
              {images.length > 0 && (
                <ImageStrip
                  images={images}
                  image={data.image}
                  label={`${images.length} sample images of ${name}`}
                />
              )}
            </div>
          );
        })}
      </div>
      <Pager of="classes" total={data.classNames.length} size={SHOWN} page={page} onPage={setPage} />
    </Panel>
  );
}
