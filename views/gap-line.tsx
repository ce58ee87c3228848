import type { Gap } from '../src/chat/frames.ts'

export function gapSentence({ missed }: Gap): string {
  if (missed === undefined) return 'Some messages may be missing here.'
  return missed === 1 ? '1 message is missing here.' : `${missed} messages are missing here.`
}

export function GapLine({ gap }: { gap: Gap }) {
  return <p class="line gap">{gapSentence(gap)}</p>
}

export function gapLine(gap: Gap): string {
  return String(<GapLine gap={gap} />)
}
