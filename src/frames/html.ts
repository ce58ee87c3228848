import { gapLine } from '../../views/gap-line.tsx'
import { continuation } from '../../views/live-page.tsx'
import { messageItem } from '../../views/message-item.tsx'
import type { Encoder } from '../chat/frames.ts'

/** A page that never ends, for browsers without JavaScript: each frame is a piece of it. */
export const html: Encoder = {
  contentType: 'text/html; charset=utf-8',
  // The page's head is made for one reader, by `web/stream.ts`.
  opening: () => '',
  event: (event) => `${messageItem(event)}\n`,
  gap: (gap) => `${gapLine(gap)}\n`,
  beat: () => '\n',
  ending: (ending, retryMs, resumeUrl) => continuation(ending, retryMs, resumeUrl),
}
