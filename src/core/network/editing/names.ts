import type { LayerId } from '../network.ts';

/** The id without the number at its end: conv12 -> conv. */
export const stemOf = (id: LayerId): string => id.replace(/_?\d+$/, '') || id;

/** An id that nobody has yet: the stem with the smallest free number. Notes it as taken. */
export function freshId(stem: string, taken: Set<LayerId>): LayerId {
  let number = 1;
  while (taken.has(`${stem}${number}`)) number++;
  const id = `${stem}${number}`;
  taken.add(id);
  return id;
}
