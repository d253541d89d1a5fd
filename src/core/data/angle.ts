/**
 * [cosine, sine] of an angle in degrees, to 1e-12. Made of + - * / only, so that every browser gets the same bits
 * (Math.sin may differ in the last one); multiples of 90 degrees are exact.
 */
export function directionOf(degrees: number): readonly [number, number] {
  const quarter = Math.round(degrees / 90);
  const x = ((degrees - 90 * quarter) * Math.PI) / 180;
  const s = x * x;
  let sine = 0;
  let cosine = 0;
  for (let k = 15; k >= 3; k -= 2) {
    sine = (s / (k * (k - 1))) * (1 - sine);
    cosine = (s / ((k - 1) * (k - 2))) * (1 - cosine);
  }
  sine = x * (1 - sine);
  cosine = 1 - cosine;
  switch (((quarter % 4) + 4) % 4) {
    case 1:
      return [-sine, cosine];
    case 2:
      return [-cosine, -sine];
    case 3:
      return [sine, -cosine];
    default:
      return [cosine, sine];
  }
}
