import { WINDOW_MAX_FRAMES } from '../../../src/chat/delivery/replay-window.ts'
import type { Resumption } from '../../../src/chat/delivery/resume.ts'
import { type EventId, epochTime, formatId } from '../../../src/chat/event.ts'
import type { DecodedEvent } from '../../support/recording-subscriber.ts'

/** The expected events of a feed, computed in the simplest way: one seq after the other. */
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

  /** The events that all connected readers must get when this event arrives. */
  receive(id: EventId, now: number): DecodedEvent[] {
    const { epoch, seq } = this.#top
    const events: DecodedEvent[] = []
    if (id.epoch === epoch) {
      if (id.seq <= seq) return []
      if (id.seq > seq + 1) events.push(gapEvent({ epoch, seq: id.seq - 1 }, id.seq - seq - 1))
    } else {
      if (epochTime(id.epoch) < epochTime(epoch)) return []
      events.push(gapEvent({ epoch: id.epoch, seq: id.seq - 1 }, null))
      this.#received = []
    }
    this.#top = id
    this.#received.push({ seq: id.seq, at: now })
    return [...events, ['posted', formatId(id)]]
  }

  /** The events that a reader must get at once when it joins. */
  join(resumption: Resumption | undefined, now: number): DecodedEvent[] {
    if (!resumption) return [['open', formatId(this.#top)]]
    const { requested, issued } = resumption
    const { epoch, seq: top } = this.#top
    const opening: DecodedEvent = ['open', formatId(requested)]
    if (requested.epoch !== epoch) return [opening, gapEvent(this.#top, null)]
    const remembered = this.#received.slice(-WINDOW_MAX_FRAMES).filter(({ at }) => now - at < this.#windowMs)
    const isAllowed = (seq: number) => issued !== undefined && (issued.epoch !== epoch || seq > issued.seq)
    const events: DecodedEvent[] = [opening]
    let missed = 0
    for (let seq = requested.seq + 1; seq <= top; seq++) {
      const isReplayed = isAllowed(seq) && remembered.some((received) => received.seq === seq)
      if (isReplayed && missed > 0) events.push(gapEvent({ epoch, seq: seq - 1 }, missed))
      if (isReplayed) events.push(['posted', formatId({ epoch, seq })])
      missed = isReplayed ? 0 : missed + 1
    }
    return missed > 0 ? [...events, gapEvent(this.#top, missed)] : events
  }
}

function gapEvent(id: EventId, missed: number | null): DecodedEvent {
  return ['gap', formatId(id), missed]
}
