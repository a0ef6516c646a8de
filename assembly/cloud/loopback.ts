import { once } from 'node:events';
import type { Server } from 'node:http';

/** Listens on a free port of the loopback; the server’s URL. */
export async function listenOnLoopback(server: Server): Promise<string> {
  // A client that keeps its connection may be slow: ended in between, its next request would fail.
  server.keepAliveTimeout = 0;
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  return `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
}

/** Ends at once, requests under way included. */
export function closeServer(server: Server): Promise<void> {
  return new Promise((resolve, reject) => {
    server.close((error) => (error ? reject(error) : resolve()));
    server.closeAllConnections();
  });
}
