import { gapPartial } from '../../views/gap-line.tsx'
import { deletedPartial, editedPartial, messageItem } from '../../views/message-item.tsx'
import { presenceLine } from '../../views/presence-line.tsx'
import { ROOM_DELETED, settingsChangedPartial } from '../../views/retention.tsx'
import type { Encoder } from '../chat/delivery/frames.ts'
import { formatId } from '../chat/event.ts'
import { sseBlock } from './sse.ts'

/** SSE for htmx, which swaps unnamed blocks into the log and passes named ones to the page's scripts as DOM events. */
export const htmx: Encoder = {
  contentType: 'text/event-stream',
  posted: (posted, next) => sseBlock({ id: formatId(posted.id), data: messageItem(posted, next) }),
  edited: ({ id, message }) => sseBlock({ id: formatId(id), data: editedPartial(message) }),
  deleted: ({ id, of }) => sseBlock({ id: formatId(id), data: deletedPartial(of) }),
  opening: (cursor, retryMs, replayed) =>
    sseBlock({ event: 'open', id: formatId(cursor), retry: retryMs, data: String(replayed) }),
  gap: (gap) =>
    sseBlock({ event: 'gap', data: String(gap.missed ?? '') }) +
    sseBlock({ id: formatId(gap.id), data: gapPartial(gap) }),
  here: (here) => {
    const { count, joined, left, renamed } = here
    const line = presenceLine(here)
    const countBlock = sseBlock({ event: 'here', data: JSON.stringify({ count, joined, left, renamed }) })
    return line === '' ? countBlock : countBlock + sseBlock({ data: line })
  },
  typing: ({ name, tag }) => sseBlock({ event: 'typing', data: JSON.stringify({ name, tag }) }),
  outage: ({ over }) => sseBlock({ event: 'outage', data: over ? 'over' : '' }),
  settings: (changed) => sseBlock({ data: settingsChangedPartial(changed) }),
  alert: () => '',
  heartbeat: () => sseBlock({ event: 'beat', data: '' }),
  ending: (ending, retryMs) =>
    sseBlock({ event: ending, retry: retryMs, data: ending === 'closed' ? ROOM_DELETED : '' }),
}
