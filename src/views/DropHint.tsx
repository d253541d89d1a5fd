import { useStore } from 'zustand';
import { uiStore } from '../state/uiStore.ts';

/** Over the whole page while files are dragged above it. */
export function DropHint() {
  const dropping = useStore(uiStore, (ui) => ui.dropping);
  if (!dropping) return null;
  return (
    <div className="drop-hint" aria-hidden="true">
      <p>
        <strong>Drop to open</strong>
        <span>
          images: folders, zips and CSV lists of pictures by class, CIFAR-10 and -100, MNIST and its kin,
          exported sets
        </span>
        <span>a model: Keras, TensorFlow.js, ONNX, QONNX, FINN, Caffe, CSV; a design or a session</span>
      </p>
    </div>
  );
}
