import { gapLine } from '../../views/gap-line.tsx'
import { liveEnding } from '../../views/live-page.tsx'
import { deletedItem, messageItem, replacementItem } from '../../views/message-item.tsx'
import { outageLine } from '../../views/outage-line.tsx'
import { presenceLine } from '../../views/presence-line.tsx'
import { settingsChangedLine } from '../../views/retention.tsx'
import type { Encoder } from '../chat/delivery/frames.ts'

/** An endless page for browsers without JavaScript. Each frame is a piece of it. */
export const html: Encoder = {
  contentType: 'text/html; charset=utf-8',
  // The head of the page differs for each reader: `web/stream/open-stream.ts` writes it.
  opening: () => '',
  posted: (posted, next) => `${messageItem(posted, next)}\n`,
  edited: ({ message }) => `${replacementItem(message)}\n`,
  deleted: ({ of }) => `${deletedItem(of)}\n`,
  gap: (gap) => `${gapLine(gap)}\n`,
  here: (here) => presenceLine(here),
  typing: () => '',
  outage: (outage) => `${outageLine(outage)}\n`,
  settings: (changed) => `${settingsChangedLine(changed)}\n`,
  alert: () => '',
  heartbeat: () => '\n',
  ending: (ending, retryMs, resumeUrl) => liveEnding(ending, retryMs, resumeUrl),
}
