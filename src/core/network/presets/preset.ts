import type { FeatureMap, Network } from '../network.ts';

/** A network that can be opened by name, built anew for an input and a number of classes. */
export interface Preset {
  readonly id: string;
  /** Also the name of the network it builds. */
  readonly name: string;
  /** What it is and where it comes from, one line. */
  readonly description: string;
  /** The input the network was designed for. */
  readonly input: FeatureMap;
  /** The classes it was published with; a detector's count the background. */
  readonly classCount: number;
  /** `estimate`: for estimating only; training it in a browser takes days or asks for another loss. */
  readonly purpose: 'train' | 'estimate';
  build(input: FeatureMap, classCount: number): Network;
}

/** A square feature map. */
export const square = (extent: number, channels: number): FeatureMap => ({
  height: extent,
  width: extent,
  channels,
});
