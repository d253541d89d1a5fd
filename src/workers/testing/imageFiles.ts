import { CIFAR10_RECORD } from '../../formats/datasets/cifar10.ts';

/** A batch of so many images, of classes in turn, each with its number in its red and green bytes. */
export function cifar(count: number, first = 0): Uint8Array {
  const bytes = new Uint8Array(count * CIFAR10_RECORD);
  for (let i = 0; i < count; i++) {
    const [at, number] = [i * CIFAR10_RECORD, first + i];
    bytes[at] = number % 10;
    bytes.fill(number & 255, at + 1, at + 1025).fill(number >> 8, at + 1025, at + 2049);
  }
  return bytes;
}

/** So many images of MNIST's training files, of classes in turn. */
export function mnist(count: number): Record<string, Uint8Array> {
  const images = new Uint8Array(16 + count * 784).fill(200);
  const labels = new Uint8Array(8 + count);
  new DataView(images.buffer).setUint32(0, 0x803);
  new DataView(images.buffer).setUint32(4, count);
  new DataView(images.buffer).setUint32(8, 28);
  new DataView(images.buffer).setUint32(12, 28);
  new DataView(labels.buffer).setUint32(0, 0x801);
  new DataView(labels.buffer).setUint32(4, count);
  for (let i = 0; i < count; i++) labels[8 + i] = i % 10;
  return { 'train-images-idx3-ubyte': images, 'train-labels-idx1-ubyte': labels };
}

/** Records of a store of the database of images. */
export const countOf = (store: string) =>
  new Promise<number>((resolve) => {
    const opening = indexedDB.open('sweetspot-images');
    opening.onsuccess = () => {
      const counting = opening.result.transaction(store).objectStore(store).count();
      counting.onsuccess = () => {
        opening.result.close();
        resolve(counting.result);
      };
    };
  });
