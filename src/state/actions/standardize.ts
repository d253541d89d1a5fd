import { ByteCounts, type ChannelStatistics } from '../../core/data/compile/normalization.ts';
import type { LabeledImages } from '../../core/data/labeledImages.ts';
import { splitOf } from '../../core/data/splitOf.ts';
import type { DataChoice } from '../../core/exploration/design.ts';
import { dataStore, loadedData, standardizationOf } from '../dataStore.ts';
import { changeData, present } from '../designStore.ts';
import { runJob } from '../jobStore.ts';
import { generatedImages } from './data.ts';

/** Images counted at a time while the page waits: 20 ms of 64x64 color images. */
const SLICE = 512;

const breathe = () => new Promise<void>((resolve) => setTimeout(resolve));

/** Mean and deviation of the images that a choice leaves to train with. */
async function trainingStatistics(
  images: LabeledImages,
  choice: Omit<DataChoice, 'source'>,
  signal: AbortSignal,
  report: (fraction: number) => void,
): Promise<ChannelStatistics> {
  const { height, width, channels } = images.image;
  const size = height * width * channels;
  const { train, validation } = splitOf(images.labels, null, images.classNames.length, choice);
  // where all are held back, as for a model from a file, there are no others
  const indices = train.length > 0 ? train : validation;
  const counts = new ByteCounts(channels);
  for (let i = 0; i < indices.length; i++) {
    const at = (indices[i] as number) * size;
    counts.add(images.pixels.subarray(at, at + size));
    if (i % SLICE < SLICE - 1) continue;
    report(i / indices.length);
    await breathe();
    signal.throwIfAborted();
  }
  return counts.statistics();
}

/**
 * Brings bytes to the network by mean and deviation, measured, not guessed: of generated images by those that the split
 * leaves to train with, of a kept set by what was counted while it was compiled, which is all but the images that came
 * for validation or testing.
 */
export async function standardize(): Promise<void> {
  const loaded = loadedData();
  const { data } = present().design;
  if (!loaded) return;
  const { source } = loaded;
  const statistics =
    loaded.stored || source.kind === 'file'
      ? loaded.statistics
      : await runJob('Measuring mean and deviation', async ({ signal, report }) => {
          const images = await generatedImages(source, signal, report);
          return trainingStatistics(images, data, signal, report);
        });
  if (!statistics || loadedData() !== loaded || present().design.data !== data) return;
  dataStore.setState({ data: { status: 'ready', data: { ...loaded, statistics } } });
  changeData({ ...data, normalization: 'standardized', standardization: standardizationOf(statistics) });
}
