import { Component, createRef, type ReactNode } from 'react';

interface Props {
  readonly className?: string;
  readonly children: ReactNode;
}

/**
 * Buttons that take each other's place: where the one that had the focus goes away or can't be pressed for a while, the
 * first that can be pressed gets it, and nobody who works by keyboard or screen reader starts at the top of the page.
 */
export class KeepFocus extends Component<Props> {
  readonly #box = createRef<HTMLDivElement>();
  /** Nothing in here could take the focus yet. */
  #isOwed = false;

  override getSnapshotBeforeUpdate(): boolean {
    return this.#box.current?.contains(document.activeElement) ?? false;
  }

  override componentDidUpdate(_props: Props, _state: unknown, had: boolean) {
    const now = document.activeElement;
    const isLost = now === null || now === document.body || now.matches(':disabled');
    if (!isLost || !(had || this.#isOwed)) {
      this.#isOwed = false;
      return;
    }
    const next = this.#box.current?.querySelector<HTMLElement>('button:enabled');
    next?.focus({ preventScroll: true });
    this.#isOwed = !next;
  }

  override render() {
    return (
      <div ref={this.#box} className={this.props.className}>
        {this.props.children}
      </div>
    );
  }
}
