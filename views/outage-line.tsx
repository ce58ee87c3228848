import type { Outage } from '../src/chat/signal.ts'

export function outageSentence({ over }: Outage): string {
  return over
    ? 'The server is whole again. What was missed follows, or is counted.'
    : 'The server has lost touch with its memory: nothing comes, and nothing can be sent, until it is back.'
}

export function outageLine(outage: Outage): string {
  return String(<p class="line">{outageSentence(outage)}</p>)
}
