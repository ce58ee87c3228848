import { type EventId, formatId } from '../src/chat/event.ts'
import { groupMessages } from '../src/chat/history/message-group.ts'
import type { HistoryPage } from '../src/chat/ports/store.ts'
import type { AssetUrl } from './asset-url.ts'
import { Layout } from './layout.tsx'
import { MessageItem } from './message-item.tsx'
import { roomPath } from './room-path.ts'

export interface PermalinkPageProps extends Omit<HistoryPage, 'top'> {
  readonly asset: AssetUrl
  readonly room: string
  /** The reader's tag, which marks its own messages. */
  readonly me: string
  /** A message that the reader may change. */
  readonly changeable: EventId | undefined
}

/** A static page of messages from a kept room's history. It needs no script, and links to older and newer messages. */
export function PermalinkPage({ asset, room, me, messages, older, newer, changeable }: PermalinkPageProps) {
  const head = <link rel="stylesheet" href={`/mine/${me}.css`} />
  const [first, last] = [messages[0], messages.at(-1)]
  const pageUrl = (query: Record<string, string>) => `${roomPath(room)}?${new URLSearchParams(query)}`
  return (
    <Layout
      title={`Earlier in ${room} · Snug`}
      asset={asset}
      bodyClass="static-page"
      script="permalink.js"
      head={head}
    >
      <header class="header">
        <a class="home-link" href="/" aria-label="Snug, home">
          <img src={asset('icon.svg')} alt="" width={28} height={28} />
        </a>
        <div class="title">
          <h1>
            <bdi>{room}</bdi>
          </h1>
          <p>earlier messages</p>
        </div>
        <a href={roomPath(room)}>Newest messages</a>
      </header>
      <main>
        <div id="log" class="log">
          {older && first && (
            <a class="older" rel="prev" href={pageUrl({ before: formatId(first.id) })}>
              Older messages
            </a>
          )}
          {messages.length === 0 && <p class="notice">There are no messages here any more.</p>}
          {groupMessages(messages).map(({ message, next }) => (
            <>
              <MessageItem event={message} continuesGroup={next} />
              {isSameId(message.id, changeable) && (
                <p class="notice">
                  <a href={`${roomPath(room)}/messages/${formatId(message.id)}`}>
                    Change or delete this message
                  </a>
                </p>
              )}
            </>
          ))}
          {newer && last && (
            <a class="older" rel="next" href={pageUrl({ after: formatId(last.id) })}>
              Newer messages
            </a>
          )}
        </div>
      </main>
    </Layout>
  )
}

function isSameId(id: EventId, other: EventId | undefined): boolean {
  return other !== undefined && formatId(id) === formatId(other)
}
