import { type CSSProperties, useEffect, useRef } from 'react';
import type { FeatureMap } from '../../core/network/network.ts';

const GAP = 4;

interface ImageStripProps {
  readonly images: readonly Uint8Array[];
  /** Size of every image; bytes NHWC of one, three or more channels (the first three are red, green and blue). */
  readonly image: FeatureMap;
  /** What a screen reader says of it. */
  readonly label: string;
}

/** Images side by side. */
export function ImageStrip({ images, image, label }: ImageStripProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const { height, width, channels } = image;
  useEffect(() => {
    const context = canvas.current?.getContext('2d');
    if (!context) return;
    context.clearRect(0, 0, context.canvas.width, context.canvas.height);
    images.forEach((pixels, i) => {
      const picture = context.createImageData(width, height);
      for (let p = 0; p < width * height; p++) {
        for (let c = 0; c < 3; c++)
          picture.data[4 * p + c] = pixels[p * channels + (channels >= 3 ? c : 0)] ?? 0;
        picture.data[4 * p + 3] = 255;
      }
      context.putImageData(picture, i * (width + GAP), 0);
    });
  }, [images, width, height, channels]);
  return (
    <canvas
      ref={canvas}
      className="sheet-images"
      style={{ '--pitch': (width + GAP) / height } as CSSProperties}
      width={Math.max(1, images.length * (width + GAP) - GAP)}
      height={height}
      role="img"
      aria-label={label}
    />
  );
}
