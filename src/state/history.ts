/**
 * Undo and redo over immutable states. A run of changes with the same `merge` key (one drag of a slider)
 * is one step back.
 */
export interface History<State> {
  readonly past: readonly State[];
  readonly present: State;
  readonly future: readonly State[];
  readonly merging: string | null;
}

/** Steps kept; older ones are forgotten. */
const LONGEST_PAST = 200;

export const beginHistory = <State>(present: State): History<State> => ({
  past: [],
  present,
  future: [],
  merging: null,
});

export function record<State>(
  history: History<State>,
  next: State,
  merge: string | null = null,
): History<State> {
  if (merge !== null && history.merging === merge) return { ...history, present: next, future: [] };
  const past = [...history.past, history.present].slice(-LONGEST_PAST);
  return { past, present: next, future: [], merging: merge };
}

/** Ends a run of merged changes: the next one is a step of its own. */
export const settle = <State>(history: History<State>): History<State> =>
  history.merging === null ? history : { ...history, merging: null };

/** Replaces the present without a step: for what the program learns, not what the user chose. */
export const amend = <State>(history: History<State>, present: State): History<State> => ({
  ...history,
  present,
});

export function undo<State>(history: History<State>): History<State> {
  const previous = history.past.at(-1);
  if (previous === undefined) return history;
  return {
    past: history.past.slice(0, -1),
    present: previous,
    future: [history.present, ...history.future],
    merging: null,
  };
}

export function redo<State>(history: History<State>): History<State> {
  const [next, ...future] = history.future;
  if (next === undefined) return history;
  return { past: [...history.past, history.present], present: next, future, merging: null };
}
