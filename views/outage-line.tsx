import type { Outage } from '../src/chat/signal.ts'

export function outageSentence({ over }: Outage): string {
  return over
    ? 'The server is connected again. Missed messages follow; lost ones are counted.'
    : 'The server has lost its database: no messages arrive or can be sent until it is back.'
}

export function outageLine(outage: Outage): string {
  return String(<p class="notice">{outageSentence(outage)}</p>)
}
