import type { Settings } from '../src/chat/kept-room.ts'
import { formatRetention } from '../src/chat/kept-room.ts'
import type { SettingsChanged } from '../src/chat/signal.ts'

/** Durations in words, by the values of the form field `retention`. */
export const DURATIONS: ReadonlyMap<string, string> = new Map([
  ['1d', '1 day'],
  ['7d', '7 days'],
  ['30d', '30 days'],
  ['1y', '1 year'],
  ['forever', 'forever'],
])

const VANISHING = 'vanishing'

export const ROOM_DELETED = 'The owner deleted this room and everything kept in it.'

/**
 * What happens to messages in a room, in a sentence.
 * @param kept the settings of a kept room; undefined for a vanishing one
 */
export function retentionSentence(kept: Settings | undefined): string {
  if (!kept)
    return 'Nothing said here is stored. It lives on the screens that are open; refresh, and it is gone.'
  const newest = kept.keep === 1 ? 'The newest message here is' : `The newest ${kept.keep} messages here are`
  if (kept.retention === undefined) {
    const deleted = 'until their author or the room’s owner deletes them'
    return kept.keep === undefined ? `Messages here are kept ${deleted}.` : `${newest} kept.`
  }
  const duration = DURATIONS.get(formatRetention(kept.retention))
  return kept.keep === undefined
    ? `Messages here are kept for ${duration}.`
    : `${newest} kept, for ${duration} at most.`
}

/** The same as a code: a page sends it (`?keeps=`) to say which retention it shows. */
export function retentionCode(kept: Settings | undefined): string {
  return kept ? `${formatRetention(kept.retention)}.${kept.keep ?? ''}` : VANISHING
}

/** The same in a few words, beside the room's name. */
export function KindBadge({ kept }: { kept: Settings | undefined }) {
  const duration =
    kept?.retention !== undefined ? ` for ${DURATIONS.get(formatRetention(kept.retention))}` : undefined
  return (
    <span id="kind" class="kind" title={retentionSentence(kept)} data-retention={retentionCode(kept)}>
      {kept ? 'kept' : 'vanishing'}
      {duration && <span>{duration}</span>}
    </span>
  )
}

/** The new settings of a room; undefined settings make it a vanishing one. `made`: it was not kept before. */
type RetentionChange = Pick<SettingsChanged, 'made'> & { readonly settings: Settings | undefined }

export function settingsChangedSentence({ made, settings }: RetentionChange): string {
  const kept = made ? 'This is a kept room now.' : 'The owner changed what is kept.'
  return `${settings ? kept : 'This is a vanishing room now.'} ${retentionSentence(settings)}`
}

function SettingsChangedLine({ changed }: { changed: RetentionChange }) {
  return <p class="notice">{settingsChangedSentence(changed)}</p>
}

export function settingsChangedLine(changed: SettingsChanged): string {
  return String(<SettingsChangedLine changed={changed} />)
}

/** For a page: a line in its log, and the other places that show the retention. */
export function settingsChangedPartial(changed: RetentionChange): string {
  const kept = changed.settings
  return String(
    <>
      <SettingsChangedLine changed={changed} />
      <hx-partial hx-target="#kind" hx-swap="outerHTML">
        <KindBadge kept={kept} />
      </hx-partial>
      {['#retention-note', '#log>.retention-note'].map((target) => (
        <hx-partial hx-target={target} hx-swap="innerHTML">
          {retentionSentence(kept)}
        </hx-partial>
      ))}
    </>,
  )
}

/**
 * The same for a page that was away meanwhile; empty if it shows the current retention.
 * @param shown the `retentionCode` that the page shows
 */
export function retentionPartial(settings: Settings | undefined, shown: string): string {
  return retentionCode(settings) === shown
    ? ''
    : settingsChangedPartial({ made: shown === VANISHING, settings })
}
