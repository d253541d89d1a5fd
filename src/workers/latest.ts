/**
 * Runs one request at a time and keeps only the newest of those that wait: what a slider needs. `run` is
 * never called with a request that a newer one has replaced.
 */
export function latestOnly<Request>(run: (request: Request) => Promise<void>): (request: Request) => void {
  let running = false;
  let waiting: { request: Request } | null = null;
  const next = async () => {
    running = true;
    while (waiting) {
      const { request } = waiting;
      waiting = null;
      await run(request);
    }
    running = false;
  };
  return (request) => {
    waiting = { request };
    if (!running) void next();
  };
}
