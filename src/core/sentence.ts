/** No sentence of ours needs more; names in somebody's file may be megabytes. */
const LONGEST = 500;
const ENDING = 200;

/** Characters that move a cursor, end a line or draw nothing. */
const UNSEEN = /[\p{Cc}\p{Cs}\u2028\u2029\u202A-\u202E\u2066-\u2069]+/gu;

/**
 * A sentence that names what stands in a file, fit for the screen: on one line, of at most 500 characters. What is
 * longer loses its middle, because what is wrong stands first and what to do last.
 */
export function shortSentence(text: string): string {
  const cut = text.length > LONGEST;
  const whole = cut ? `${text.slice(0, LONGEST - ENDING - 1)}…${text.slice(-ENDING)}` : text;
  return whole.replace(UNSEEN, ' ');
}
