/** A rectangle around an object, in pixels: pixel i spans i to i + 1. */
export interface LabeledBox {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
  /** Index of the object's class. */
  readonly label: number;
}
