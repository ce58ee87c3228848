import type { Gap } from '../src/chat/delivery/frames.ts'
import { formatId } from '../src/chat/event.ts'
import { OlderLink } from './history.tsx'

export function gapSentence({ missed, reset }: Gap): string {
  if (reset) return 'A lot was said in the meantime. These are the newest messages.'
  if (missed === undefined) return 'Some messages may be missing here.'
  return missed === 1 ? '1 message is missing here.' : `${missed} messages are missing here.`
}

function GapLine({ gap }: { gap: Gap }) {
  return <p class="notice gap">{gapSentence(gap)}</p>
}

export function gapLine(gap: Gap): string {
  return String(<GapLine gap={gap} />)
}

/** For a page: a line in the log. With a `reset` it replaces everything in the log. */
export function gapPartial(gap: Gap): string {
  if (!gap.reset) return gapLine(gap)
  const { epoch, seq } = gap.id
  return String(
    <hx-partial hx-target="#log" hx-swap="innerHTML">
      {gap.reset.older && <OlderLink before={formatId({ epoch, seq: seq + 1 })} />}
      <GapLine gap={gap} />
    </hx-partial>,
  )
}
