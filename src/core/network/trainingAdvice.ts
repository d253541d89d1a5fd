import { networkCounts } from './counts.ts';
import { type Network, outputsOf } from './network.ts';
import { geometryAt, geometryOf } from './shapes.ts';

/**
 * Multiply-accumulates a second that training reached on two CPU cores: 1,080 images a second of the tiny CNN at
 * 32x32, forwards and twice as much backwards (`npm run bench`). A GPU is faster.
 */
const MACS_PER_SECOND = 8e9;
/** Backpropagation takes about twice the work of the forward pass. */
const PASSES = 3;
/** Longer than this an epoch is nothing to wait for. */
const LONGEST_EPOCH_SECONDS = 1800;
/** Weights, gradients and two moments of Adam in 32 bits, beyond which a browser tab is likely to die. */
const MOST_PARAMETERS = 50e6;

const minutes = (seconds: number): string =>
  seconds < 5400 ? `${Math.round(seconds / 60)} minutes` : `${Math.round(seconds / 3600)} hours`;

/** Why training a network in a browser makes no sense, and what to do instead, in one sentence; null where it does. */
export function trainingAdvice(network: Network, imageCount: number): string | null {
  const outputs = outputsOf(network);
  if (outputs.length > 1)
    return `${network.name} has ${outputs.length} outputs, as detectors have: it can be estimated and shared, but not trained here.`;
  const [output] = outputs;
  const geometry = geometryOf(network);
  const map = output ? geometryAt(geometry, output.id).ofm : null;
  if (map && map.height * map.width > 1)
    return `${network.name} ends in a map of ${map.height}x${map.width}: it can be estimated and shared, but not trained here.`;
  const { macCount, weightCount } = networkCounts(network, geometry);
  if (weightCount > MOST_PARAMETERS)
    return `${network.name} has ${Math.round(weightCount / 1e6)} million weights: training takes more memory than a browser gives; train it elsewhere, or choose a smaller network.`;
  const seconds = (PASSES * macCount * imageCount) / MACS_PER_SECOND;
  if (seconds > LONGEST_EPOCH_SECONDS)
    return `An epoch of ${network.name} would take about ${minutes(seconds)} on two CPU cores: train it elsewhere, take smaller images, or choose a smaller network.`;
  return null;
}
