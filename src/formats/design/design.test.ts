import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { DEFAULT_RECIPE_OPTIONS, defaultDesign } from '../../core/exploration/defaultDesign.ts';
import { PRESETS } from '../../core/network/presets.ts';
import { NAMED_RECIPES } from '../../core/training/recipes.ts';
import { designJsonSchema } from './jsonSchema.ts';
import { parseDesign, parseDesignText } from './parse.ts';

type Loose = Record<string, unknown>;

/** The default design as loose JSON with the value at a path replaced, added or (undefined) removed. */
function withValue(path: string, value: unknown): unknown {
  const json = JSON.parse(JSON.stringify(defaultDesign())) as Loose;
  const keys = path.split('.');
  const last = keys.pop()!;
  const target = keys.reduce<Loose>((object, key) => object[key] as Loose, json);
  if (value === undefined) delete target[last];
  else Object.defineProperty(target, last, { value, enumerable: true, configurable: true });
  return json;
}

function fault(json: unknown) {
  const parsed = parseDesign(json);
  if (parsed.ok) throw new Error('expected a fault');
  return parsed.error;
}

describe('a design', () => {
  test('comes back from its own JSON, for every preset', () => {
    for (const preset of PRESETS) {
      const network = preset.build(preset.input, 10);
      const design = { ...defaultDesign(), network, baseline: network };
      const parsed = parseDesignText(JSON.stringify(design));
      expect(parsed).toEqual({ ok: true, value: design });
    }
  });

  test('that is not pruned has one network again, and is its own baseline', () => {
    const parsed = parseDesignText(JSON.stringify(defaultDesign()));
    expect(parsed.ok && parsed.value.baseline === parsed.value.network).toBe(true);
  });

  test('made before boards, bits a layer and DPU options existed opens with their defaults', () => {
    const { layerBits, implementations, nodeSettings, boardId, dpu, device, liu, setFolding, ...older } =
      defaultDesign().hardware;
    const { normalization: _, ...data } = defaultDesign().data;
    const parsed = parseDesign({ ...defaultDesign(), data, hardware: older });
    expect(parsed).toEqual({ ok: true, value: defaultDesign() });
    expect(
      [layerBits, implementations, nodeSettings, boardId, dpu, device, liu, setFolding].every(
        (choice) => choice !== undefined,
      ),
    ).toBe(true);
  });

  test('made before schedules, callbacks and weight decay existed opens with a plain recipe', () => {
    const older = (recipe: object) =>
      Object.fromEntries(Object.entries(recipe).filter(([key]) => !(key in DEFAULT_RECIPE_OPTIONS)));
    const { recipe, fineTune, ...rest } = defaultDesign();
    expect(Object.keys(older(recipe)).sort()).toEqual([
      'batchSize',
      'epochs',
      'learningRate',
      'momentum',
      'optimizer',
      'seed',
    ]);
    const parsed = parseDesign({ ...rest, recipe: older(recipe), fineTune: older(fineTune) });
    expect(parsed).toEqual({ ok: true, value: defaultDesign() });
  });

  test('made before transfer sets existed opens with all training images', () => {
    const { transferShare: _, ...older } = DEFAULT_RECIPE_OPTIONS.distillation;
    const parsed = parseDesign(withValue('recipe.distillation', { ...older, temperature: 4 }));
    expect(parsed.ok && parsed.value.recipe.distillation).toEqual({
      ...older,
      temperature: 4,
      transferShare: 1,
    });
    for (const share of [0, 1.5, '1'])
      expect(fault(withValue('fineTune.distillation.transferShare', share)).message).toMatch(
        /transferShare must be a number from 0\.01 to 1/,
      );
  });

  test('keeps every setting of each named recipe (SX-28) (VT-33)', () => {
    for (const { recipe } of NAMED_RECIPES) {
      const design = { ...defaultDesign(), recipe };
      expect(parseDesignText(JSON.stringify(design))).toEqual({ ok: true, value: design });
    }
  });

  test('of files, with thresholds, clocks and foldings comes back too', () => {
    const design = {
      ...defaultDesign(),
      data: {
        source: {
          kind: 'file',
          format: 'cifar10',
          fileNames: ['a.bin', 'b.bin'],
          imageCount: 4000,
          compile: {
            height: 32,
            width: 32,
            channels: 3,
            fit: 'crop',
            classes: { dog: 'pet', cat: 'pet', ship: null },
          },
          fingerprint: '0123456789abcdef',
        },
        splitSeed: 4294967295,
        validationShare: 0.25,
        testShare: 0.1,
        keepsParts: false,
        normalization: 'standardized',
        standardization: { mean: [125.3, 123, 113.9], deviation: [63, 62.1, 66.7] },
      },
      pruning: { thresholds: { conv1: 0.5, 'conv2+conv3': 1 }, keepMultiple: 16 },
      hardware: {
        ...defaultDesign().hardware,
        clockHertz: { finn: 200e6 },
        foldings: { conv1: { pe: 16, simd: 3 } },
      },
    };
    expect(parseDesign(design)).toEqual({ ok: true, value: design });
  });

  test.each([
    ['network.layers.1.filters', 0, 'whole number from 1 to 65536 (it is 0)'],
    ['network.layers.1.filters', 1.5, 'whole number'],
    ['network.layers.1.filters', '16', 'whole number from 1 to 65536 (it is "16")'],
    ['network.layers.1.filters', 1e9, 'whole number'],
    ['network.layers.1.padding', 'full', 'same, valid or a list'],
    ['network.layers.1.kernelSize', [3], 'whole number'],
    ['network.layers.1.kernelSize', [3, 3, 3], 'list of two numbers'],
    ['network.layers.1.kind', 'conv3d', 'not a known layer kind'],
    ['network.layers.1.kind', undefined, 'is missing'],
    ['network.layers.1.extra', 1, 'is not known'],
    ['network.layers.1.useBias', undefined, 'is missing'],
    ['network.layers', [], '1 to 2000 entries'],
    ['network.name', 'x'.repeat(1000), '1 to 200 characters'],
    ['network', null, 'must be an object'],
    ['baseline', undefined, 'is missing'],
    ['data.source.kind', 'folder', 'land-cover, flowers, logos or file'],
    ['data.source.imageCount', 1e7, '1 to 20000'],
    ['data.validationShare', 1.2, 'from 0 to 1'],
    ['data.validationShare', Number.NaN, 'from 0 to 1'],
    ['recipe.learningRate', 0, 'must be a number'],
    ['recipe.learningRate', Number.POSITIVE_INFINITY, 'must be a number'],
    ['recipe.optimizer', 'lamb', 'one of adam, adamw, sgd, rmsprop'],
    ['recipe.schedule', { kind: 'sometimes' }, 'one-cycle or range'],
    ['recipe.clipNorm', 0, 'must be a number'],
    ['recipe.earlyStopping', { patience: 0, restoreBest: true }, 'whole number'],
    ['recipe.batchSize', -1, 'whole number'],
    ['fineTune.epochs', 1e9, 'whole number'],
    ['pruning.thresholds', { conv1: 1.01 }, 'from 0 to 1'],
    ['pruning.thresholds', 0.5, 'must be an object'],
    ['pruning.keepMultiple', 3, 'one of 1, 2, 4, 8, 16'],
    ['hardware.foldings', { conv1: { pe: 0, simd: 1 } }, 'whole number'],
    ['hardware.weightBits', 0, 'whole number'],
    ['hardware.targetId', '', '1 to 100 characters'],
    ['surprise', 1, 'surprise is not known'],
  ])('with %s = %j is refused', (path, value, sentence) => {
    const { code, message, where } = fault(withValue(path, value));
    expect(code).toBe('invalid-design');
    expect(message).toContain(sentence);
    expect(message).toMatch(/^In this design .*; correct it .*\.$/);
    expect(where?.replaceAll(/\[(\d+)\]/g, '.$1')).toContain(path.split('.').slice(0, 2).join('.'));
  });

  test('that standardizes needs a mean and a deviation for one channel, or for each that its network reads', () => {
    const standardized = (standardization: unknown) => {
      const json = withValue('data.normalization', 'standardized') as { data: Loose };
      json.data.standardization = standardization;
      return parseDesign(json);
    };
    for (const numbers of [[100], [100, 110, 120]])
      expect(standardized({ mean: numbers, deviation: numbers }).ok).toBe(true);
    const refused = (standardization: unknown) => {
      const parsed = standardized(standardization);
      return parsed.ok ? 'no fault' : parsed.error.message;
    };
    expect(refused(null)).toBe(
      'This design standardizes its images without a mean and a deviation (data.standardization is null); give both, or choose another normalization.',
    );
    expect(refused({ mean: [1, 2], deviation: [1, 2] })).toMatch(
      /^This design standardizes 2 channels and its network reads 3; give one mean and one deviation/,
    );
    expect(refused({ mean: [1, 2, 3], deviation: [1] })).toMatch(/by 3 means and 1 deviations; give as many/);
    expect(refused({ mean: [1], deviation: [0] })).toContain('data.standardization.deviation');
    // Numbers that are not used may be any: another network may be chosen first.
    expect(parseDesign(withValue('data.standardization', { mean: [1, 2], deviation: [1, 2] })).ok).toBe(true);
  });

  test('whose network does not fit together is refused with the layer', () => {
    const { code, message, where } = fault(withValue('network.layers.2.inputs', ['nowhere']));
    expect(code).toBe('unknown-input');
    expect(message).toContain('nowhere');
    expect(where).toBe('bn1');
    expect(fault(withValue('baseline.layers.2.id', 'conv1')).message).toContain('The baseline');
  });

  test('with 2,001 layers is refused', () => {
    const layers = Array.from({ length: 2001 }, (_, i) => ({ kind: 'relu', id: `r${i}`, inputs: ['input'] }));
    expect(fault(withValue('network.layers', layers)).code).toBe('invalid-design');
  });

  test('from a newer version says so', () => {
    expect(fault(withValue('version', 7))).toEqual({
      code: 'newer-design',
      message:
        'This design was made by a newer Sweetspot (version 7, this one reads up to 1); open it with the newer one.',
      where: 'version',
    });
  });

  test.each([null, 3, 'text', [], {}, { version: 'x' }, { version: 0 }, { version: 1.5 }])(
    'is not %j',
    (json) => {
      expect(fault(json).code).toBe('not-a-design');
    },
  );

  test('is JSON', () => {
    const parsed = parseDesignText('{"version": 1,');
    expect(parsed.ok ? '' : parsed.error.code).toBe('not-json');
  });
});

describe('keys that every object inherits', () => {
  test.each(['__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty', '__defineGetter__'])(
    '%s is refused anywhere',
    (key) => {
      for (const path of [key, `recipe.${key}`, `network.layers.1.${key}`, `pruning.thresholds.${key}`]) {
        expect(fault(withValue(path, { polluted: true })).code).toBe('illegal-key');
      }
      expect(fault(withValue('network.layers.0.id', key)).code).toBe('invalid-design');
      expect(({} as Loose).polluted).toBeUndefined();
    },
  );

  test('a document nested very deep is refused without running out of stack', () => {
    let nested: unknown = 1;
    for (let i = 0; i < 100_000; i++) nested = [nested];
    expect(fault(withValue('network.layers.0.shape', nested)).code).toBe('illegal-key');
  });
});

test('public/design.schema.json is what the validator generates (else run: npx tsx scripts/schema.ts)', () => {
  const file = join(import.meta.dirname, '..', '..', '..', 'public', 'design.schema.json');
  expect(readFileSync(file, 'utf8')).toBe(designJsonSchema());
});
