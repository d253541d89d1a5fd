import { createStore } from 'zustand/vanilla';

export interface Notice {
  readonly id: number;
  readonly kind: 'error' | 'info';
  /** One sentence: what, where, what to do. */
  readonly message: string;
  /** What it is about, where that can pass: the notice goes with it. */
  readonly about?: 'interruption';
}

export const noticeStore = createStore<{ notices: readonly Notice[] }>(() => ({ notices: [] }));

/** More than this many at once help nobody: the oldest goes. */
const MOST_NOTICES = 3;

let nextNoticeId = 1;

export function notify(kind: Notice['kind'], message: string, about?: Notice['about']): void {
  noticeStore.setState(({ notices }) => ({
    notices: [
      ...notices.filter((notice) => notice.message !== message),
      { id: nextNoticeId++, kind, message, ...(about ? { about } : {}) },
    ].slice(-MOST_NOTICES),
  }));
}

export function dismissNotice(id: number): void {
  noticeStore.setState(({ notices }) => ({ notices: notices.filter((notice) => notice.id !== id) }));
}

/** Takes back what was said of something that has passed. */
export function withdrawNotices(about: NonNullable<Notice['about']>): void {
  noticeStore.setState(({ notices }) => ({ notices: notices.filter((notice) => notice.about !== about) }));
}
