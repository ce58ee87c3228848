import { embedIframe } from './oembed.tsx'

/** The lines of HTML that embed a room in a page. A slug needs no escaping in them. */
export function embedSnippets(origin: string, room: string): { frame: string; element: string } {
  const src = `${origin}/embed/${encodeURIComponent(room)}`
  return {
    frame: embedIframe({ src, room, width: '100%', height: 480 }),
    element: `<script src="${origin}/embed.js" async></script><snug-room room="${room}"></snug-room>`,
  }
}
