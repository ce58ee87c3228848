import type { EndReason } from '../src/chat/delivery/frames.ts'
import { formatId } from '../src/chat/event.ts'
import type { Settings } from '../src/chat/kept-room.ts'
import { type Appearance, AppearanceStylesheets, appearanceData } from './appearance.tsx'
import type { AssetUrl } from './asset-url.ts'
import { type HistoryProps, OlderLink } from './history.tsx'
import { ROOM_DELETED, retentionSentence } from './retention.tsx'
import { roomPath } from './room-path.ts'

export interface LivePageProps {
  readonly asset: AssetUrl
  readonly room: string
  /** The reader's tag, which marks its own messages. */
  readonly tag: string | undefined
  /** The settings of a kept room; undefined for a vanishing one. */
  readonly kept: Settings | undefined
  /** Whether this page continues one that has ended. */
  readonly continued: boolean
  /** The history of a kept room with which the page begins. The messages themselves follow by the stream. */
  readonly initialHistory: HistoryProps | undefined
  /** Set in an embed. */
  readonly appearance: Appearance | undefined
}

/** Some browsers show a streamed page only after 250 characters: the sentence about reloading makes it long enough. */
const LIVE_INTRO =
  'New messages appear below by themselves. Every few minutes this part of the page reloads and continues where it ' +
  'was. If it ever stands still, '
const VANISHED = 'What was above has vanished, as everything here does. '
const PERMALINKS_HINT = 'These are the newest messages; the time of each is a link to it. '

/** The beginning of a page that stays open. Messages follow as they are posted. */
export function liveOpening({
  asset,
  room,
  tag,
  kept,
  continued,
  initialHistory,
  appearance,
}: LivePageProps): string {
  const head = (
    <head>
      <meta charset="utf-8" />
      <title>Messages</title>
      <meta name="color-scheme" content="light dark" />
      <meta name="viewport" content="width=device-width, initial-scale=1" />
      <link rel="stylesheet" href={asset('snug.css')} />
      {/* Links open outside this frame. */}
      <base target={appearance ? '_blank' : '_top'} />
      {appearance && <AppearanceStylesheets asset={asset} appearance={appearance} />}
      {tag && <link rel="stylesheet" href={`/mine/${tag}.css`} />}
    </head>
  )
  const first = initialHistory?.messages[0]
  const top = (
    <>
      <p class="notice">
        {continued && !initialHistory && VANISHED}
        {retentionSentence(kept)} {initialHistory && PERMALINKS_HINT}
        {LIVE_INTRO}
        <a href={`${roomPath(room)}/log`}>refresh it yourself</a>.
      </p>
      {initialHistory?.older && first && <OlderLink before={formatId(first.id)} />}
    </>
  )
  const root = appearance
    ? Object.entries(appearanceData(appearance))
        .map(([name, value]) => ` ${name}="${value}"`)
        .join('')
    : ''
  return `<!doctype html><html lang="en"${root}>${head}<body class="live-log"><main class="log">${top}\n`
}

/** The end of such a page. It continues by a refresh. */
export function liveEnding(ending: EndReason, retryMs: number, resumeUrl: string): string {
  if (ending === 'closed') return `${<p class="notice">{ROOM_DELETED}</p>}</main></body></html>`
  const seconds = Math.ceil(retryMs / 1000)
  const refresh = <meta http-equiv="refresh" content={`${seconds};url=${resumeUrl}`} />
  const notice = ending === 'busy' && (
    <p class="notice">This room can’t be followed just now. The page tries again in {seconds} seconds.</p>
  )
  return `${notice || ''}${refresh}</main></body></html>`
}
