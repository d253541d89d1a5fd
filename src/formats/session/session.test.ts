import { describe, expect, test } from 'vitest';
import { defaultDesign } from '../../core/exploration/defaultDesign.ts';
import { createRandom } from '../../core/random.ts';
import { namedRecipe } from '../../core/training/recipes.ts';
import { damagedJson } from '../testing/fuzz/json.ts';
import { faultIn } from '../testing/fuzz/judge.ts';
import { damagedText } from '../testing/fuzz/text.ts';
import { looksLikeSession, parseSession, parseSessionText, type Session, writeSession } from './parse.ts';
import type { SessionRun } from './schema.ts';

const run: SessionRun = {
  name: 'one "quoted" name',
  startedAt: 1_700_000_000_000,
  seconds: 12.5,
  kind: 'distill',
  phase: { name: 'Prune and fine-tune', round: 2 },
  recipe: namedRecipe('detector-fine-tune').recipe,
  backend: 'wasm',
  imagesPerSecond: 812.5,
  earlierEpochs: 10,
  curves: {
    stepLosses: [2.3, 1.1],
    stepsPerEpoch: 2,
    epochs: [
      {
        epoch: 1,
        trainLoss: 1.7,
        trainAccuracy: 0.5,
        validationLoss: 1.6,
        validationAccuracy: 0.55,
        learningRate: 0.01,
      },
    ],
  },
  stepsPerLoss: 1,
  epochSeconds: [12.5],
  result: 'finished',
  sentence: '',
  validation: { correct: 55, total: 100, loss: 1.6 },
  teachers: ['Wide CNN'],
  restoredEpoch: null,
};
const design = {
  ...defaultDesign(),
  recipe: namedRecipe('detector-initial').recipe,
  fineTune: namedRecipe('detector-final').recipe,
};
const session: Session = { design, teachers: ['Wide CNN'], run };

const broken = (change: (json: { design: object; run: object }) => void) => {
  const json = JSON.parse(writeSession(session));
  change(json);
  return parseSession(json);
};

describe('a session', () => {
  test('comes back from its file with every field: data, network, all training settings (SX-28) (VT-33)', () => {
    expect(parseSessionText(writeSession(session))).toEqual({ ok: true, value: session });
    const bare: Session = { design, teachers: [], run: null };
    expect(parseSessionText(writeSession(bare))).toEqual({ ok: true, value: bare });
  });

  test('keeps the phases of source 000: learning rates within their ranges, and iterations (SX-43) (SX-47) (SX-48)', () => {
    const back = parseSessionText(writeSession(session));
    expect(back.ok && back.value.design.recipe).toMatchObject({
      epochs: 10,
      stepsPerEpoch: 1000,
      schedule: { low: 0.001, high: 0.02 },
    });
    expect(back.ok && back.value.design.fineTune).toMatchObject({
      epochs: 20,
      stepsPerEpoch: 1000,
      schedule: { low: 0.003, high: 0.01 },
    });
    expect(back.ok && back.value.run?.recipe).toMatchObject({
      epochs: 20,
      stepsPerEpoch: 200,
      schedule: { low: 0.003, high: 0.01 },
    });
  });

  test('of a training that went wrong keeps its numbers that are none', () => {
    const curves = { ...run.curves, stepLosses: [2.3, Number.NaN] };
    const back = parseSessionText(writeSession({ ...session, run: { ...run, curves } }));
    expect(back.ok && back.value.run?.curves.stepLosses).toEqual([2.3, Number.NaN]);
  });

  test('is told from a design and from any other JSON by its beginning', () => {
    expect(looksLikeSession(writeSession(session))).toBe(true);
    expect(looksLikeSession(JSON.stringify(design))).toBe(false);
    expect(looksLikeSession('"sweetspot-session"')).toBe(false);
  });
});

describe('a broken session is told in one sentence', () => {
  test.each<[string, (json: { design: object; run: object }) => void, RegExp]>([
    ['another format', (json) => Object.assign(json, { format: 'x' }), /not a Sweetspot session/],
    ['no version', (json) => Object.assign(json, { version: 'one' }), /the version must be a whole number/],
    ['a newer version', (json) => Object.assign(json, { version: 2 }), /made by a newer Sweetspot/],
    ['an unknown field', (json) => Object.assign(json, { weights: [] }), /weights is not known/],
    ['no design', (json) => Object.assign(json, { design: null }), /not a Sweetspot design/],
    [
      'a broken design',
      (json) => Object.assign(json.design, { recipe: { epochs: -1 } }),
      /In this design recipe/,
    ],
    ['teachers', (json) => Object.assign(json, { teachers: 'all' }), /teachers must be a list/],
    [
      'a run that is none',
      (json) => Object.assign(json, { run: 7 }),
      /In this session run must be an object/,
    ],
    ['a run without curves', (json) => Object.assign(json.run, { curves: undefined }), /run\.curves/],
    ['a text for a number', (json) => Object.assign(json.run, { seconds: '1' }), /run\.seconds must be/],
    [
      'more right than images',
      (json) => Object.assign(json.run, { validation: { correct: 3, total: 2, loss: 1 } }),
      /run\.validation must not have more correct images/,
    ],
    [
      'a recipe with a misspelled field',
      (json) => Object.assign(json.run, { recipe: { optimiser: 'adam' } }),
      /run\.recipe/,
    ],
  ])('%s', (_what, change, sentence) => {
    const result = broken(change);
    expect(result.ok).toBe(false);
    if (result.ok) return;
    expect(result.error.message).toMatch(sentence);
    expect(result.error.message).toMatch(/^[A-Z][^\n]*\.$/);
    expect(result.error.message.length).toBeLessThan(400);
  });

  test.each([
    ['', /not JSON/],
    ['{"format":"sweetspot-session"', /not JSON/],
    ['[]', /not a Sweetspot session/],
    ['null', /not a Sweetspot session/],
    [`{"format":"sweetspot-session","version":1,"design":${'['.repeat(5000)}${']'.repeat(5000)}}`, /./],
  ])('the text %j', (text, sentence) => {
    const result = parseSessionText(text);
    expect(result.ok ? '' : result.error.message).toMatch(sentence);
  });

  test('a text far longer than any session is not even parsed', () => {
    const result = parseSessionText(' '.repeat(16 * 2 ** 20 + 1));
    expect(result.ok ? '' : result.error.message).toMatch(/more than 16 MB/);
  });
});

test('two hundred damaged sessions are read or told in a sentence, and none throws', () => {
  const random = createRandom(17);
  const text = writeSession(session);
  const seen = { read: 0, told: 0 };
  for (let i = 0; i < 200; i++) {
    const damaged = i % 2 === 0 ? damagedJson(JSON.parse(text), random) : damagedText(text, random);
    const result = parseSessionText(damaged);
    seen[result.ok ? 'read' : 'told']++;
    if (!result.ok) expect(faultIn(result.error)).toBeNull();
    else expect(parseSessionText(writeSession(result.value)).ok).toBe(true);
  }
  expect(seen.told).toBeGreaterThan(100);
  expect(seen.read).toBeGreaterThan(0);
});
