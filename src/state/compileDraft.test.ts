import { expect, test } from 'vitest';
import { defaultDesign } from '../core/exploration/defaultDesign.ts';
import { parseDesignText } from '../formats/design/parse.ts';
import {
  chosenName,
  chosenNames,
  draftProblem,
  expectedSet,
  namesChoices,
  plainChoice,
  sameChoice,
  sourceClasses,
  usualChoice,
  withAll,
  withClass,
  withNames,
} from './compileDraft.ts';

const fruit = {
  kind: 'pictures' as const,
  image: null,
  classNames: ['Apple', 'Lime', 'Plum'],
  countByClass: [10, 20, 30],
};
const more = { ...fruit, classNames: ['apples', 'Lime'], countByClass: [5, 7] };
const digits = {
  kind: 'arrays' as const,
  image: { height: 28, width: 28, channels: 1 },
  classNames: ['0', '1'],
  countByClass: [3, 4],
};

test('pictures become 64x64 in color, arrays stay as they are', () => {
  expect(usualChoice([fruit])).toMatchObject({ height: 64, width: 64, channels: 3, fit: 'crop' });
  expect(usualChoice([digits])).toMatchObject({ height: 28, width: 28, channels: 1 });
  expect(usualChoice([digits, fruit])).toMatchObject({ height: 28, width: 28, channels: 3 });
});

test('classes of several sources are one where their names are equal or made equal (SX-26)', () => {
  expect(sourceClasses([fruit, more]).map(({ name, imageCount }) => [name, imageCount])).toEqual([
    ['Apple', 10],
    ['Lime', 27],
    ['Plum', 30],
    ['apples', 5],
  ]);
  const plain = usualChoice([fruit, more]);
  expect(expectedSet([fruit, more], plain)).toEqual({
    imageCount: 72,
    classCount: 4,
    bytes: 72 * 64 * 64 * 3,
  });
  const merged = withClass(withClass(plain, 'apples', 'Apple'), 'Plum', null);
  expect(chosenName(merged, 'apples')).toBe('Apple');
  expect(chosenName(merged, 'Plum')).toBeNull();
  expect(expectedSet([fruit, more], merged)).toMatchObject({ imageCount: 42, classCount: 2 });
});

test('a class that gets its own name back is no change', () => {
  const plain = usualChoice([fruit]);
  const renamed = withClass(plain, 'Lime', ' Green ');
  expect(plainChoice(renamed).classes).toEqual({ Lime: 'Green' });
  expect(sameChoice(plain, renamed)).toBe(false);
  expect(sameChoice(plain, withClass(renamed, 'Lime', 'Lime'))).toBe(true);
  expect(plainChoice(withClass(renamed, 'Lime', 'Lime')).classes).toEqual({});
  expect(withClass(renamed, 'Lime', '  ').classes).toEqual({});
});

test('a hundred thousand classes are left out at once, and the others stay as they were', () => {
  const names = Array.from({ length: 100_000 }, (_, i) => `class ${i}`);
  const renamed = withClass(withClass(usualChoice([fruit]), 'Lime', 'Green'), 'class 7', 'seven');
  const none = withAll(renamed, names, false);
  expect(Object.keys(none.classes)).toHaveLength(100_001);
  expect(none.classes['class 7']).toBeNull();
  expect(withAll(none, names, true).classes).toEqual({ Lime: 'Green' });
});

test('a class may be called like what every object has', () => {
  const odd = { ...fruit, classNames: ['constructor', 'toString'], countByClass: [1, 2] };
  expect(expectedSet([odd], usualChoice([odd]))).toMatchObject({ imageCount: 3, classCount: 2 });
});

test('what can not be compiled is said before', () => {
  const plain = usualChoice([fruit]);
  expect(draftProblem([fruit], plain)).toBeNull();
  expect(draftProblem([], plain)).toMatch(/No files are open/);
  const one = withClass(withClass(plain, 'Lime', null), 'Plum', 'Apple');
  expect(draftProblem([fruit], one)).toMatch(/one class/);
  const none = ['Apple', 'Lime', 'Plum'].reduce((choice, name) => withClass(choice, name, null), plain);
  expect(draftProblem([fruit], none)).toMatch(/No image is left/);
  const odd = { ...fruit, classNames: ['a', 'constructor'], countByClass: [1, 2] };
  expect(draftProblem([odd, more], usualChoice([odd]))).toBeNull();
  expect(draftProblem([odd, more], withClass(usualChoice([odd]), 'constructor', 'b'))).toMatch(/can't say/);
});

test.each(['__background__', '__proto__', 'valueOf', 'a'.repeat(201), 'a b', '<b>', '_x_', 'Äpfel'])(
  'a class %s is changed only where the design can be opened again',
  (name) => {
    const odd = { ...fruit, classNames: [name, 'other', 'more'], countByClass: [1, 2, 3] };
    const choice = withClass(usualChoice([odd]), name, null);
    const design = defaultDesign();
    const source = {
      kind: 'file',
      format: 'pictures',
      fileNames: ['a.zip'],
      imageCount: 6,
      compile: plainChoice(choice),
      fingerprint: null,
    } as const;
    const text = JSON.stringify({ ...design, data: { ...design.data, source } });
    const again = parseDesignText(text);
    const isKept = again.ok && JSON.stringify(again.value.data.source) === JSON.stringify(source);
    expect(draftProblem([odd], choice) === null).toBe(isKept);
  },
);

test('digits may be called as the classes of Fashion-MNIST, all at once and back; what is left out stays so', () => {
  const ten = { ...digits, classNames: [...'0123456789'], countByClass: Array(10).fill(1) };
  const choices = namesChoices([ten, fruit]);
  expect(choices.map(({ name }) => name)).toEqual(['Fashion-MNIST']);
  expect(namesChoices([fruit, { ...ten, kind: 'pictures' }])).toEqual([]);
  const [fashion] = choices;
  const plain = withClass(withClass(usualChoice([ten]), '9', null), 'Apple', 'Pomme');
  expect(chosenNames(withClass(usualChoice([ten]), '9', null), choices)).toBeNull();
  const named = withNames(withClass(plain, '1', 'one'), choices, fashion!);
  expect(named.classes).toMatchObject({ '0': 'T-shirt or top', '1': 'Trouser', '9': null, Apple: 'Pomme' });
  expect(withNames(named, choices, null)).toEqual(plain);
  const only = withNames(usualChoice([ten]), choices, fashion!);
  expect(chosenNames(only, choices)).toBe(fashion);
  expect(chosenNames(withClass(only, '3', 'Mine'), choices)).toBe('own');
  expect(expectedSet([ten], only)).toMatchObject({ imageCount: 10, classCount: 10 });
});
