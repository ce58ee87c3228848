import type { Ending } from '../src/chat/delivery/frames.ts'
import { formatId } from '../src/chat/event.ts'
import type { Settings } from '../src/chat/kept-room.ts'
import { type Look, LookSheets, lookData } from './appearance.tsx'
import type { AssetUrl } from './asset-url.ts'
import { type HistoryProps, Older } from './history.tsx'
import { CLOSED, keepsSentence } from './retention.tsx'
import { roomPath } from './room-path.ts'

export interface LivePageProps {
  readonly asset: AssetUrl
  readonly room: string
  /** Marks the reader's own messages. */
  readonly tag: string | undefined
  /** What a kept room remembers; undefined for a vanishing one. */
  readonly kept: Settings | undefined
  /** Whether this page goes on from one that ended. */
  readonly continued: boolean
  /** What it begins with, in a kept room; the messages themselves follow. */
  readonly shown: HistoryProps | undefined
  /** Of an embed's. */
  readonly look: Look | undefined
}

/** Some browsers show a streamed page only after 250 characters: this says something with them. */
const INTRO =
  'New messages appear below as they are posted, without any script; every few minutes this part of the page reloads ' +
  'by itself and continues where it was. If it ever stands still for long, reload the page, or use '
const VANISHED = 'What was above has vanished, as everything here does. '
const LINKS = 'These are the newest messages; the time of each is a link to it. '

/** The beginning of a page that never ends; messages follow as they are posted. */
export function liveOpening({ asset, room, tag, kept, continued, shown, look }: LivePageProps): string {
  const head = (
    <head>
      <meta charset="utf-8" />
      <title>Messages</title>
      <meta name="color-scheme" content="light dark" />
      <meta name="viewport" content="width=device-width, initial-scale=1" />
      <link rel="stylesheet" href={asset('snug.css')} />
      {/* Links lead away from the room, not into this frame. */}
      <base target={look ? '_blank' : '_top'} />
      {look && <LookSheets asset={asset} look={look} />}
      {tag && <link rel="stylesheet" href={`/mine/${tag}.css`} />}
    </head>
  )
  const first = shown?.messages[0]
  const top = (
    <>
      <p class="line">
        {continued && !shown && VANISHED}
        {keepsSentence(kept)} {shown && LINKS}
        {INTRO}
        <a href={`${roomPath(room)}/log`}>the one that you refresh yourself</a>.
      </p>
      {shown?.older && first && <Older before={formatId(first.id)} />}
    </>
  )
  const root = look
    ? Object.entries(lookData(look))
        .map(([name, value]) => ` ${name}="${value}"`)
        .join('')
    : ''
  return `<!doctype html><html lang="en"${root}>${head}<body class="live-log"><main class="log">${top}\n`
}

/** The end of such a page: it goes on by a refresh. */
export function continuation(ending: Ending, retryMs: number, resumeUrl: string): string {
  if (ending === 'closed') return `${<p class="line">{CLOSED}</p>}</main></body></html>`
  const seconds = Math.ceil(retryMs / 1000)
  const refresh = <meta http-equiv="refresh" content={`${seconds};url=${resumeUrl}`} />
  const line = ending === 'busy' && (
    <p class="line">This room can’t be followed just now. The page tries again in {seconds} seconds.</p>
  )
  return `${line || ''}${refresh}</main></body></html>`
}
