import { dismissNotice, type Notice } from '../state/noticeStore.ts';

export function Notices({ notices }: { notices: readonly Notice[] }) {
  return (
    <div className="notices" role="status" aria-live="polite">
      {notices.map((notice) => (
        <div
          key={notice.id}
          className={`notice notice-${notice.kind}`}
          role={notice.kind === 'error' ? 'alert' : undefined}
        >
          <span className="notice-mark" aria-hidden="true">
            {notice.kind === 'error' ? '!' : 'i'}
          </span>
          <p>{notice.message}</p>
          <button
            type="button"
            className="quiet"
            aria-label="Dismiss this message"
            onClick={() => dismissNotice(notice.id)}
          >
            ×
          </button>
        </div>
      ))}
    </div>
  );
}
