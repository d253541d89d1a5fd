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
          a model (Keras, TensorFlow.js, ONNX, QONNX, FINN, Caffe, CSV), a design, or images (CIFAR-10, MNIST)
        </span>
      </p>
    </div>
  );
}
