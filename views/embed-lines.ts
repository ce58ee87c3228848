/** The lines that put a room into somebody's page. A slug needs no escaping, its percent-encoded form neither. */
export function embedLines(origin: string, room: string): { frame: string; element: string } {
  return {
    frame: `<iframe src="${origin}/embed/${encodeURIComponent(room)}" title="Chat: ${room}" loading="lazy" width="100%" height="480"></iframe>`,
    element: `<script src="${origin}/embed.js" async></script><snug-room room="${room}"></snug-room>`,
  }
}
