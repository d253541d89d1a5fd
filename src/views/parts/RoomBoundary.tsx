import { Component, type ReactNode } from 'react';
import { Empty, Panel } from './Panel.tsx';

interface Props {
  readonly children: ReactNode;
}

/** A room that fails says so and leaves the others, and everything the user made, as they are. */
export class RoomBoundary extends Component<Props, { readonly problem: string | null }> {
  override state = { problem: null };

  static getDerivedStateFromError(error: unknown) {
    return { problem: error instanceof Error ? error.message : String(error) };
  }

  override render() {
    if (this.state.problem === null) return this.props.children;
    return (
      <Panel title="This room could not be shown">
        <Empty>
          {this.state.problem} Undo the last change or go to another room; nothing is lost.{' '}
          <button type="button" onClick={() => this.setState({ problem: null })}>
            Try again
          </button>
        </Empty>
      </Panel>
    );
  }
}
