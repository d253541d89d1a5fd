import { estimateFinn } from '../src/core/hardware/finn/estimate.ts';
import { fifoReport } from '../src/core/hardware/finn/fifo/report.ts';
import { runToEnd, simulatePipeline } from '../src/core/hardware/finn/fifo/simulate.ts';
import { foldNetwork } from '../src/core/hardware/finn/foldNetwork.ts';
import { lowerToFinn } from '../src/core/hardware/finn/lower.ts';
import { dspBlockOf } from '../src/core/hardware/finn/operators/model.ts';
import { CNV_DEFAULT_FOLDING } from '../src/core/hardware/finn/publishedFoldings.ts';
import { setFolding } from '../src/core/hardware/finn/setFolding.ts';
import { boardById } from '../src/core/hardware/finn/tuning/boards.ts';
import { optimalFolding } from '../src/core/hardware/finn/tuning/optimalFolding.ts';
import { measureFinn } from '../src/core/hardware/finn/tuning/optimalFoldingMeasure.ts';
import type { Network } from '../src/core/network/network.ts';
import { resnet50V1 } from '../src/core/network/presets/resnet.ts';
import { presetById } from '../src/core/network/presets.ts';
import { unwrap } from '../src/core/result.ts';

const CLOCK = 100e6;
const BITS = { weightBits: 2, activationBits: 2 };

/** Calls a second, after warming up. Every call gets its number, so that no two in a row ask the same. */
function perSecond(call: (i: number) => unknown): number {
  for (let i = 0; i < 300; i++) call(i);
  const started = performance.now();
  let count = 0;
  while (performance.now() - started < 600) call(count++);
  return Math.round((1000 * count) / (performance.now() - started));
}

/** Milliseconds of a search from the network to the result, the first time and again on the same network. */
function searchTimes(build: () => Network, boardId: string) {
  const board = boardById(boardId);
  if (!board) return null;
  const run = (network: Network) => {
    const started = performance.now();
    let [steps, longestStepMs, before] = [0, 0, started];
    for (const search = optimalFolding(network, { ...BITS, board, clockHertz: CLOCK }); ; steps++) {
      const step = search.next();
      const now = performance.now();
      longestStepMs = Math.max(longestStepMs, now - before);
      before = now;
      if (step.done) {
        const outcome = step.value.ok ? step.value.value.sentence : step.value.error.message;
        return { ms: now - started, steps, longestStepMs, outcome };
      }
    }
  };
  for (let i = 0; i < 3; i++) run(build());
  const network = build();
  const round = (ms: number) => Math.round(10 * ms) / 10;
  const { ms, steps, longestStepMs, outcome } = run(network);
  return {
    ms: round(ms),
    againMs: round(run(network).ms),
    steps,
    longestStepMs: round(longestStepMs),
    outcome,
  };
}

/** Four frames of CNV through FIFOs that stop nobody, and everything the app shows of FIFOs, from a cold start. */
function fifoTimes() {
  const preset = presetById('cnv');
  if (!preset) return null;
  const network = preset.build(preset.input, 10);
  const options = { weightBits: 1, activationBits: 1, foldings: CNV_DEFAULT_FOLDING, targetCycles: 32_768 };
  const { nodes } = unwrap(foldNetwork(network, options));
  const timed = (run: () => unknown) => {
    const started = performance.now();
    run();
    return Math.round(performance.now() - started);
  };
  return {
    ample: timed(() => runToEnd(simulatePipeline(nodes, { defaultDepth: 'ample' }))),
    report: timed(() => unwrap(runToEnd(fifoReport(network, options, 32)))),
  };
}

/**
 * FINN on one thread, CNV W2A2. `measure`: cycles and all resources of every node, computed anew in each call.
 * `fold and measure`: SetFolding for another target before it. `report`: the same as rows with sentences. No result is
 * kept between calls; the network is lowered once.
 */
export function measureFolding() {
  const preset = presetById('cnv');
  if (!preset) throw new Error('The CNV preset is gone; name another one in bench/folding.ts.');
  const cnv = () => preset.build(preset.input, 10);
  const network = cnv();
  const { nodes } = unwrap(lowerToFinn(network, BITS));
  const block = dspBlockOf('xc7z020clg400-1');
  const resnet50 = () => resnet50V1({ height: 224, width: 224, channels: 3 }, 1000);
  const target = (i: number) => 10_000 + 37 * (i % 1000);
  const foldings = Array.from({ length: 100 }, (_, i) => setFolding(nodes, target(10 * i)));
  return {
    'measure, a second': perSecond((i) => measureFinn(foldings[i % foldings.length] ?? nodes, block)),
    'fold and measure, a second': perSecond((i) => measureFinn(setFolding(nodes, target(i)), block)),
    'report, a second': perSecond((i) =>
      unwrap(estimateFinn(network, { ...BITS, foldings: {}, targetCycles: target(i), clockHertz: CLOCK })),
    ),
    'SetFolding, ms': 1000 / perSecond((i) => setFolding(nodes, target(i))),
    'FIFO simulation of CNV-W1A1, published folding, ms': fifoTimes(),
    'optimal folding of CNV on Pynq-Z1': searchTimes(cnv, 'pynq-z1'),
    'optimal folding of CNV on ZCU104': searchTimes(cnv, 'zcu104'),
    'optimal folding of ResNet-50 on U250': searchTimes(resnet50, 'u250'),
  };
}
