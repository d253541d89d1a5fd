import type { Folding } from '../../exploration/design.ts';
import type { LayerId } from '../../network/network.ts';

/**
 * FINN's default folding of CNV-W1A1 on the Pynq-Z1, by the layer ids of the CNV preset: source 003, Table 4.2,
 * and finn-examples' cnv-w1a1_folding_config.json.
 */
export const CNV_DEFAULT_FOLDING: Readonly<Record<LayerId, Folding>> = {
  conv1: { pe: 16, simd: 3 },
  conv2: { pe: 32, simd: 32 },
  conv3: { pe: 16, simd: 32 },
  conv4: { pe: 16, simd: 32 },
  conv5: { pe: 4, simd: 32 },
  conv6: { pe: 1, simd: 32 },
  fc1: { pe: 1, simd: 4 },
  fc2: { pe: 1, simd: 8 },
  fc3: { pe: 5, simd: 1 },
};
