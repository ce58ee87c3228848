import { WINDOW_MAX_FRAMES } from '../../../src/chat/delivery/replay-window.ts'
import type { Resumption } from '../../../src/chat/delivery/resume.ts'
import { type EventId, epochTime, formatId } from '../../../src/chat/event.ts'
import type { DecodedEvent } from '../../support/recording-subscriber.ts'

/** What a feed has to say, worked out in the plainest way: one number after the other. */
export class FeedModel {
  readonly #windowMs: number
  #top: EventId
  #received: { readonly seq: number; readonly at: number }[] = []

  constructor(top: EventId, windowMs: number) {
    this.#top = top
    this.#windowMs = windowMs
  }

  get top(): EventId {
    return this.#top
  }

  /** What all who read now must hear of this event. */
  receive(id: EventId, now: number): DecodedEvent[] {
    const { epoch, seq } = this.#top
    const heard: DecodedEvent[] = []
    if (id.epoch === epoch) {
      if (id.seq <= seq) return []
      if (id.seq > seq + 1) heard.push(gapEvent({ epoch, seq: id.seq - 1 }, id.seq - seq - 1))
    } else {
      if (epochTime(id.epoch) < epochTime(epoch)) return []
      heard.push(gapEvent({ epoch: id.epoch, seq: id.seq - 1 }, null))
      this.#received = []
    }
    this.#top = id
    this.#received.push({ seq: id.seq, at: now })
    return [...heard, ['posted', formatId(id)]]
  }

  /** What a reader must hear at once when it joins. */
  join(resumption: Resumption | undefined, now: number): DecodedEvent[] {
    if (!resumption) return [['open', formatId(this.#top)]]
    const { requested, issued } = resumption
    const { epoch, seq: top } = this.#top
    const opening: DecodedEvent = ['open', formatId(requested)]
    if (requested.epoch !== epoch) return [opening, gapEvent(this.#top, null)]
    const remembered = this.#received.slice(-WINDOW_MAX_FRAMES).filter(({ at }) => now - at < this.#windowMs)
    const mayHear = (seq: number) => issued !== undefined && (issued.epoch !== epoch || seq > issued.seq)
    const heard: DecodedEvent[] = [opening]
    let missed = 0
    for (let seq = requested.seq + 1; seq <= top; seq++) {
      const has = mayHear(seq) && remembered.some((taken) => taken.seq === seq)
      if (has && missed > 0) heard.push(gapEvent({ epoch, seq: seq - 1 }, missed))
      if (has) heard.push(['posted', formatId({ epoch, seq })])
      missed = has ? 0 : missed + 1
    }
    return missed > 0 ? [...heard, gapEvent(this.#top, missed)] : heard
  }
}

function gapEvent(id: EventId, missed: number | null): DecodedEvent {
  return ['gap', formatId(id), missed]
}
