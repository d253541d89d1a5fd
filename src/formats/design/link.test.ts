import fc from 'fast-check';
import { deflateSync } from 'fflate';
import { describe, expect, test } from 'vitest';
import { DEFAULT_RECIPE_OPTIONS, defaultDesign } from '../../core/exploration/defaultDesign.ts';
import type { Design, KeepMultiple, Recipe, Schedule } from '../../core/exploration/design.ts';
import { TRAINED_PRESETS } from '../../core/network/presets.ts';
import { unwrap } from '../../core/result.ts';
import { crc32 } from '../crc32.ts';
import { decodeLink, encodeLink } from './link.ts';
import { parseDesign } from './parse.ts';
import { INHERITED_NAME } from './schema.ts';

/** A link with a sound wrapping around any bytes. */
function wrap(packed: Uint8Array): string {
  const bytes = Buffer.alloc(7 + packed.length);
  bytes.writeUInt32BE(crc32(packed), 0);
  bytes.writeUIntBE(packed.length, 4, 3);
  bytes.set(packed, 7);
  return `#d=1.${bytes.toString('base64url')}`;
}

const wrapText = (text: string) => wrap(deflateSync(new TextEncoder().encode(text)));

function faultCode(fragment: string): string {
  const decoded = decodeLink(fragment);
  return decoded.ok ? 'no fault' : decoded.error.code;
}

const share = fc.double({ min: 0, max: 1, noNaN: true }).map((x) => (Object.is(x, -0) ? 0 : x));
const seed = fc.nat(0xffffffff);
const schedule: fc.Arbitrary<Schedule> = fc.oneof(
  fc.constant({ kind: 'constant' as const }),
  fc.record({
    kind: fc.constant('step' as const),
    factor: fc.double({ min: 1e-6, max: 1, noNaN: true }),
    everyEpochs: fc.integer({ min: 1, max: 50 }),
  }),
  fc.record({ kind: fc.constant('cosine' as const), endShare: share }),
  fc.record({
    kind: fc.constant('range' as const),
    low: fc.double({ min: 1e-6, max: 1, noNaN: true }),
    high: fc.double({ min: 1e-6, max: 1, noNaN: true }),
    shape: fc.constantFrom('triangular' as const, 'cosine' as const),
    cycles: fc.integer({ min: 1, max: 10 }),
  }),
);
const patience = fc.integer({ min: 1, max: 100 });
const recipe = fc.record({
  ...(Object.fromEntries(
    Object.entries(DEFAULT_RECIPE_OPTIONS).map(([key, value]) => [key, fc.constant(value)]),
  ) as {
    [Key in keyof typeof DEFAULT_RECIPE_OPTIONS]: fc.Arbitrary<Recipe[Key]>;
  }),
  weightDecay: share,
  clipNorm: fc.option(fc.double({ min: 1e-6, max: 100, noNaN: true })),
  schedule,
  earlyStopping: fc.option(fc.record({ patience, restoreBest: fc.boolean() })),
  reduceOnPlateau: fc.option(fc.record({ factor: fc.constant(0.1), patience })),
  checkpoint: fc.constantFrom('each-epoch' as const, 'best-only' as const),
  stepsPerEpoch: fc.option(fc.integer({ min: 1, max: 5000 })),
  optimizer: fc.constantFrom('adam' as const, 'adamw' as const, 'sgd' as const, 'rmsprop' as const),
  learningRate: fc.double({ min: 1e-6, max: 1, noNaN: true }),
  momentum: share,
  batchSize: fc.integer({ min: 1, max: 512 }),
  epochs: fc.integer({ min: 1, max: 100 }),
  seed,
});
const name = fc
  .string({ minLength: 1, maxLength: 40, unit: 'grapheme' })
  // Names that every object or function has are refused as keys, and tested where that is.
  .filter((text) => text.length <= 200 && !(text in {}) && !INHERITED_NAME.test(text));
const design: fc.Arbitrary<Design> = fc
  .record({
    preset: fc.constantFrom(...TRAINED_PRESETS),
    classCount: fc.integer({ min: 2, max: 100 }),
    imageCount: fc.integer({ min: 1, max: 20000 }),
    seed,
    share,
    recipe,
    fineTune: recipe,
    thresholds: fc.dictionary(name, share, { noNullPrototype: true }),
    keepMultiple: fc.constantFrom<KeepMultiple>(1, 2, 4, 8, 16),
    folding: fc.record({ pe: fc.integer({ min: 1, max: 512 }), simd: fc.integer({ min: 1, max: 512 }) }),
    fileNames: fc.array(name, { minLength: 1, maxLength: 5 }),
    fromFile: fc.boolean(),
  })
  .map((x) => ({
    ...defaultDesign(),
    data: {
      source: x.fromFile
        ? {
            kind: 'file',
            format: 'mnist',
            fileNames: x.fileNames,
            imageCount: x.imageCount,
            compile: null,
            fingerprint: null,
          }
        : { kind: 'land-cover', imageCount: x.imageCount, seed: x.seed },
      splitSeed: x.seed,
      validationShare: x.share,
      testShare: 0.1,
      keepsParts: false,
      normalization: 'unit' as const,
      standardization: null,
    },
    network: x.preset.build(x.preset.input, x.classCount),
    baseline: x.preset.build(x.preset.input, 10),
    recipe: x.recipe,
    fineTune: x.fineTune,
    pruning: { thresholds: x.thresholds, keepMultiple: x.keepMultiple },
    hardware: { ...defaultDesign().hardware, foldings: { fc1: x.folding } },
  }));

describe('a link', () => {
  test('carries any design there and back', () => {
    fc.assert(
      fc.property(design, (sent) => {
        expect(decodeLink(encodeLink(sent))).toEqual({ ok: true, value: sent });
      }),
      { numRuns: 200 },
    );
  });

  test.each(TRAINED_PRESETS.map((preset) => [preset.name, preset] as const))(
    'of %s stays short',
    (_, preset) => {
      const network = preset.build(preset.input, 10);
      const link = encodeLink({ ...defaultDesign(), network, baseline: network });
      expect(link).toMatch(/^#d=1\.[\w-]+$/);
      expect(link.length).toBeLessThan(2000);
    },
  );

  test('says nothing of a transfer set of all images, however its recipe came', () => {
    const slim = encodeLink(unwrap(parseDesign(defaultDesign())));
    const { transferShare: _, ...older } = DEFAULT_RECIPE_OPTIONS.distillation;
    const designWith = (distillation: object) => {
      const { recipe, ...rest } = defaultDesign();
      return unwrap(parseDesign({ ...rest, recipe: { ...recipe, distillation } }));
    };
    expect(encodeLink(designWith(older))).toBe(slim);
    expect(encodeLink(designWith({ transferShare: 1, ...older }))).toBe(slim);
    const few = designWith({ ...older, transferShare: 0.25 });
    expect(encodeLink(few).length).toBeGreaterThan(slim.length);
    expect(decodeLink(encodeLink(few))).toEqual({ ok: true, value: few });
  });

  test('of this version opens forever', () => {
    // Made by the first version: a change that breaks it needs a migration, not a new link here.
    const old =
      '#d=1.m8ojJgACkO1Xy27bMBD8lYJnJZDkIGh8a3JpDw2KJrfAB1qiJcIUSVCUXcfwv3eWtBwRAVoYCJCLT-Zjd2Y5S4_pPdsI10uj2bzIWM09Z_M9683gKkGjtdQ1mzPFdX1VGcSyjMmON-LBDNqzeZnnecZ6IRBVHDCySvqnOM3YhisJTMA_tdwBML8uEaSF3xq3JnzNOyyzZ6l3Xx4eH4Gu-A4VsfnLiVxqO3jiTSb0SWELkLbchmpbIZsWVc3KjG1l7ds4rFqutVCInh0O2Qm3MnpT1iMwzYop8JEK-CupfKipuM3YWjhgPclXML7MshnxeydrQTlFVmBueV1L3QC0p-NBV6mCCr-5p6wY1TgzWALN2NCLe8kxXnHVi0mJS-6r9tG4bqxyqdMaY9VAE7aXitqYX-c5OnGCcEINYzaN03zCW0yiO_7nlzFqTLAYpwkRgg6JraMKZVYmKsT5mwrhGrB_Kl8mJJF2qjy18bOVT2uMVZ-jfJpPeP9RPk2IEB-u_Oyd8oHkpPztzecrn9YYqz5H-TSf8KbKN8osufoGc4OvTXvQcPv-8qe5tdA9nTbEr6o0POSjzkFLWijglKdTezdMD92blccNGJGO0xSO4BcHsEOiXiipg-ddHPTioBcHvTjoxUHPcVAnKhkdz1gvO_TFIYnXnDTrTCe0HzqS5Y7cFnLG1tGXSAnuNBoV20LCYVFYU7Xg-Dp9DK9g0c9DtOkPoEHLR5rZSEPPaesgD12cPfOtE31rVI2YPbbWQtifg_LSKoDcYAXv8Hob3uKI5q4R_kfogh2uljf53S3qqkxnEVE_v23jJJp2lKnW34XzrxF-BSYwH8ki3MOuUnSr6Z8B2rUNPyj3oX04Fa-83IRbfVw6HP4C';
    const made = defaultDesign();
    const hardware = { ...made.hardware, targetId: 'dpu-b4096', comparedTargetId: 'finn' };
    expect(decodeLink(old)).toEqual({ ok: true, value: { ...made, hardware } });
  });

  const link = encodeLink(defaultDesign());

  test('cut anywhere is a fault, mostly known as a cut', () => {
    for (let length = 0; length < link.length; length++) {
      const code = faultCode(link.slice(0, length));
      expect(code).toBe(length < 2 ? 'not-a-link' : 'cut-link');
    }
  });

  test('opens with its address, without its #, escaped, and with the full stop of a sentence', () => {
    for (const form of [
      `https://example.org/sweetspot/${link}`,
      link.slice(1),
      link.replace('=', '%3D'),
      ` ${link}.`,
      `${link})`,
    ]) {
      expect(decodeLink(form).ok, form.slice(0, 20)).toBe(true);
    }
  });

  test('changed anywhere never throws, and never opens another design', () => {
    const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_=.#%+/ \u0000é';
    const mutation = fc.record({
      at: fc.nat(link.length - 1),
      removed: fc.nat(3),
      added: fc.string({ unit: fc.constantFrom(...letters), maxLength: 3 }),
    });
    fc.assert(
      fc.property(fc.array(mutation, { minLength: 1, maxLength: 3 }), (mutations) => {
        let text = link;
        for (const { at, removed, added } of mutations) {
          text = text.slice(0, at) + added + text.slice(at + removed);
        }
        const decoded = decodeLink(text);
        if (decoded.ok) expect(decoded.value).toEqual(defaultDesign());
        else expect(decoded.error.message).toMatch(/\.$/);
      }),
      { numRuns: 2000 },
    );
  });

  test('of any text at all never throws', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        decodeLink(text);
        decodeLink(`#d=1.${text}`);
        decodeLink(wrapText(text));
        decodeLink(wrap(new TextEncoder().encode(text)));
      }),
      { numRuns: 500 },
    );
  });

  test.each([
    ['', 'not-a-link'],
    ['#', 'not-a-link'],
    ['#section-2', 'not-a-link'],
    ['#d=x', 'not-a-link'],
    ['#d=0.AAAA', 'not-a-link'],
    ['#d=2.AAAA', 'newer-design'],
    ['#d=1.AA AA', 'changed-link'],
    [wrapText('{"version":7}'), 'newer-design'],
    [wrapText('{"version":1}'), 'invalid-design'],
    [wrapText('{"version":1'), 'changed-link'],
    [wrap(new Uint8Array(40).fill(255)), 'changed-link'],
    ['x'.repeat(2 ** 20 + 1), 'not-a-link'],
  ])('%s is refused as %s', (text, code) => {
    expect(faultCode(text)).toBe(code);
  });

  test('that unpacks to a bomb is refused', () => {
    const bomb = wrap(deflateSync(new Uint8Array(100 << 20), { level: 9 }));
    expect(bomb.length).toBeLessThan(2 ** 20);
    expect(faultCode(bomb)).toBe('too-large');
  });

  test('says which newer version made it', () => {
    const decoded = decodeLink('#d=7.AAAA');
    expect(decoded.ok ? '' : decoded.error.message).toContain('link version 7, this one reads up to 1');
  });
});
