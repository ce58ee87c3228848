import type { Settings } from '../src/chat/kept-room.ts'
import { formatRetention } from '../src/chat/kept-room.ts'
import type { SettingsChanged } from '../src/chat/signal.ts'

/** How long messages last, by the word of the forms. */
export const DURATIONS: ReadonlyMap<string, string> = new Map([
  ['1d', '1 day'],
  ['7d', '7 days'],
  ['30d', '30 days'],
  ['1y', '1 year'],
  ['forever', 'forever'],
])

const VANISHING = 'vanishing'

export const ROOM_DELETED = 'The owner deleted this room and everything kept in it.'

/** What becomes of messages in a room: a kept one with these settings, or a vanishing one. */
export function retentionSentence(kept: Settings | undefined): string {
  if (!kept)
    return 'Nothing said here is stored. Messages live on the screens that are open: refresh, and this log is empty.'
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

/** The same as a word, by which a page says what it was told. */
export function retentionCode(kept: Settings | undefined): string {
  return kept ? `${formatRetention(kept.retention)}.${kept.keep ?? ''}` : VANISHING
}

/** The same in a word or two, beside the room's name. */
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

/** What a room keeps from now on; without settings it is a vanishing one. */
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

/** For a page: the line in its log, and what stands elsewhere about it. */
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

/** The same for a page that was away meanwhile, and says by a word what it was told last; nothing where that is still so. */
export function retentionPartial(settings: Settings | undefined, told: string): string {
  return retentionCode(settings) === told
    ? ''
    : settingsChangedPartial({ made: told === VANISHING, settings })
}
