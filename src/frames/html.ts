import { gapLine } from '../../views/gap-line.tsx'
import { liveEnding } from '../../views/live-page.tsx'
import { deletedItem, messageItem, replacementItem } from '../../views/message-item.tsx'
import { outageLine } from '../../views/outage-line.tsx'
import { presenceLine } from '../../views/presence-line.tsx'
import { settingsChangedLine } from '../../views/retention.tsx'
import type { Encoder } from '../chat/delivery/frames.ts'

/** A page that never ends, for browsers without JavaScript: each frame is a piece of it. */
export const html: Encoder = {
  contentType: 'text/html; charset=utf-8',
  // The page's head is made for one reader, by `web/open-stream.ts`.
  opening: () => '',
  posted: (posted, next) => `${messageItem(posted, next)}\n`,
  edited: ({ message }) => `${replacementItem(message)}\n`,
  deleted: ({ of }) => `${deletedItem(of)}\n`,
  gap: (gap) => `${gapLine(gap)}\n`,
  here: (here) => presenceLine(here),
  typing: () => '',
  outage: (outage) => `${outageLine(outage)}\n`,
  settings: (changed) => `${settingsChangedLine(changed)}\n`,
  heartbeat: () => '\n',
  ending: (ending, retryMs, resumeUrl) => liveEnding(ending, retryMs, resumeUrl),
}
