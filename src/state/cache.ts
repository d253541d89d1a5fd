/** Remembers the result for each argument object for as long as that object lives. */
export function cachedBy<Key extends object, Value>(compute: (key: Key) => Value): (key: Key) => Value {
  const cache = new WeakMap<Key, Value>();
  return (key) => {
    let value = cache.get(key);
    if (value === undefined) {
      value = compute(key);
      cache.set(key, value);
    }
    return value;
  };
}

/** Remembers the last result while all arguments stay the same objects. */
export function lastOf<Args extends readonly unknown[], Value>(
  compute: (...args: Args) => Value,
): (...args: Args) => Value {
  let last: { args: Args; value: Value } | null = null;
  return (...args) => {
    if (!last || last.args.some((arg, i) => !Object.is(arg, args[i])))
      last = { args, value: compute(...args) };
    return last.value;
  };
}
