import { type ImageSource, PARTS, type Part } from '../../core/data/compile/entries.ts';
import { FaultError } from '../../core/result.ts';
import type { OpenedSource } from '../../formats/datasets/openSources.ts';
import { sourceCalled } from '../../formats/datasets/setReferences.ts';
import type { OpenSource } from '../protocol.ts';

function described(id: string, { kind, image, source }: OpenedSource): OpenSource {
  const countByClass = source.classNames.map(() => 0);
  const countByPart = Object.fromEntries(PARTS.map((part) => [part, 0])) as Record<Part, number>;
  for (const { label, part } of source.entries) {
    countByClass[label] = (countByClass[label] ?? 0) + 1;
    if (part) countByPart[part]++;
  }
  return {
    id,
    name: source.name,
    kind,
    synthetic: source.synthetic ?? false,
    imageCount: source.entries.length,
    classNames: source.classNames,
    countByClass,
    image,
    countByPart,
  };
}

/** The sources that are open, by id. */
export class OpenedSources {
  readonly #sources = new Map<string, ImageSource>();
  #next = 1;

  /**
   * Keeps a source open. One whose name another has gets a number: images are told apart by their source's name. Sources
   * that it comes `instead` of leave it theirs.
   */
  add(opened: OpenedSource, instead: readonly string[] = []): OpenSource {
    const others = [...this.#sources].filter(([id]) => !instead.includes(id));
    const names = new Set(others.map(([, { name }]) => name));
    let { name } = opened.source;
    for (let n = 2; names.has(name); n++) name = `${opened.source.name} (${n})`;
    const id = `source-${this.#next++}`;
    const source = { ...opened.source, name };
    this.#sources.set(id, source);
    return described(id, { ...opened, source });
  }

  close(id: string): void {
    this.#sources.delete(id);
  }

  /** Of the sources that a list of paths calls so. */
  idsOf(names: ReadonlySet<string>): readonly string[] {
    const called = new Set([...names].map((name) => sourceCalled(name, this.all())));
    return [...this.#sources].filter(([, source]) => called.has(source)).map(([id]) => id);
  }

  all(): readonly ImageSource[] {
    return [...this.#sources.values()];
  }

  /** The sources of these ids. A fault is thrown where one is closed. */
  named(ids: readonly string[]): readonly ImageSource[] {
    return ids.map((id) => {
      const source = this.#sources.get(id);
      if (source) return source;
      throw new FaultError({
        code: 'source-closed',
        message: 'The files that are to be compiled are not open any more; open them again.',
        where: id,
      });
    });
  }
}
