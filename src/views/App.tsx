import { type ComponentType, lazy, Suspense } from 'react';
import { useStore } from 'zustand';
import { noticeStore } from '../state/noticeStore.ts';
import { type Room, uiStore } from '../state/uiStore.ts';
import { AskedFileQuestion } from './AskedFile.tsx';
import { DropHint } from './DropHint.tsx';
import { Notices } from './Notices.tsx';
import { RoomBoundary } from './parts/RoomBoundary.tsx';
import { Rail } from './Rail.tsx';
import { ExploreRoom } from './rooms/ExploreRoom.tsx';
import { PruneRoom } from './rooms/PruneRoom.tsx';
import { TrainRoom } from './rooms/TrainRoom.tsx';
import { Scoreboard } from './Scoreboard.tsx';
import { TopBar } from './TopBar.tsx';

/** The largest rooms, with charts that no other has: loaded when they are first entered. */
const DataRoom = lazy(async () => ({ default: (await import('./rooms/DataRoom.tsx')).DataRoom }));
const HardwareRoom = lazy(async () => ({ default: (await import('./rooms/HardwareRoom.tsx')).HardwareRoom }));
const NetworkRoom = lazy(async () => ({ default: (await import('./rooms/NetworkRoom.tsx')).NetworkRoom }));

const ROOMS: Readonly<Record<Room, ComponentType>> = {
  data: DataRoom,
  network: NetworkRoom,
  train: TrainRoom,
  prune: PruneRoom,
  hardware: HardwareRoom,
  explore: ExploreRoom,
};

export function App() {
  const room = useStore(uiStore, (ui) => ui.room);
  const notices = useStore(noticeStore, (state) => state.notices);
  const RoomView = ROOMS[room];
  return (
    <div className="app">
      <TopBar />
      <Rail />
      <main className="main" id="room" tabIndex={-1}>
        <Notices notices={notices} />
        <AskedFileQuestion />
        <Scoreboard />
        <RoomBoundary key={room}>
          <Suspense fallback={<p className="empty">Opening…</p>}>
            <RoomView />
          </Suspense>
        </RoomBoundary>
      </main>
      <DropHint />
    </div>
  );
}
