import { createStore } from 'zustand/vanilla';

export interface Notice {
  readonly id: number;
  readonly kind: 'error' | 'info';
  /** One sentence: what, where, what to do. */
  readonly message: string;
}

export const noticeStore = createStore<{ notices: readonly Notice[] }>(() => ({ notices: [] }));

/** More than this many at once help nobody: the oldest goes. */
const MOST_NOTICES = 3;

let nextNoticeId = 1;

export function notify(kind: Notice['kind'], message: string): void {
  noticeStore.setState(({ notices }) => ({
    notices: [
      ...notices.filter((notice) => notice.message !== message),
      { id: nextNoticeId++, kind, message },
    ].slice(-MOST_NOTICES),
  }));
}

export function dismissNotice(id: number): void {
  noticeStore.setState(({ notices }) => ({ notices: notices.filter((notice) => notice.id !== id) }));
}
