import { useMemo } from 'react';
import { type Fit, fitImage } from '../../core/data/compile/resize.ts';
import type { FeatureMap } from '../../core/network/network.ts';
import { ImageStrip } from './ImageStrip.tsx';

const WIDTH = 84;
const HEIGHT = 56;
/** The longer side of what comes out. */
const SIDE = 56;

/** A small landscape: a sun, a hill, and a frame that shows what is cut. */
function landscape(): Uint8Array {
  const pixels = new Uint8Array(WIDTH * HEIGHT * 4).fill(255);
  for (let y = 0; y < HEIGHT; y++)
    for (let x = 0; x < WIDTH; x++) {
      const isFrame = x < 4 || y < 4 || x >= WIDTH - 4 || y >= HEIGHT - 4;
      const isSun = (x - 42) ** 2 + (y - 22) ** 2 < 144;
      const isHill = y > 44 - 8 * Math.sin((x / WIDTH) * 2 * Math.PI);
      const color = isFrame
        ? [214, 92, 62]
        : isSun
          ? [250, 205, 80]
          : isHill
            ? [74, 140, 88]
            : [150, 190, 230];
      pixels.set(color, 4 * (y * WIDTH + x));
    }
  return pixels;
}

/** A picture of 3:2 made to fit by the very code that compiles. */
export function FitPicture({ fit, image }: { fit: Fit; image: FeatureMap }) {
  const { height, width, channels } = image;
  const target = useMemo((): FeatureMap => {
    const scale = SIDE / Math.max(height, width);
    const side = (extent: number) => Math.max(1, Math.round(extent * scale));
    return { height: side(height), width: side(width), channels };
  }, [height, width, channels]);
  const before = useMemo(() => {
    const rgb = new Uint8Array(WIDTH * HEIGHT * 3);
    const picture = { width: WIDTH, height: HEIGHT, data: landscape() };
    fitImage(picture, { width: WIDTH, height: HEIGHT, channels: 3 }, 'stretch', rgb, 0);
    return [rgb];
  }, []);
  const after = useMemo(() => {
    const pixels = new Uint8Array(target.height * target.width * channels);
    fitImage({ width: WIDTH, height: HEIGHT, data: landscape() }, target, fit, pixels, 0);
    return [pixels];
  }, [target, channels, fit]);
  return (
    <div className="fit-picture">
      <ImageStrip
        images={before}
        image={{ width: WIDTH, height: HEIGHT, channels: 3 }}
        label="A picture of 3 to 2"
      />
      <span aria-hidden="true">→</span>
      <ImageStrip images={after} image={target} label={`The same picture, ${fit}, ${height}x${width}`} />
    </div>
  );
}
