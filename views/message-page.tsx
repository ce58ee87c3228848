import { type EventId, formatId, type Posted } from '../src/chat/event.ts'
import { MESSAGE_MAX_BYTES } from '../src/chat/message.ts'
import type { AssetUrl } from './asset-url.ts'
import { HiddenField } from './hidden-field.tsx'
import { Layout } from './layout.tsx'
import { MessageItem, messageLink } from './message-item.tsx'
import { roomPath } from './room-path.ts'

export interface MessagePageProps {
  readonly asset: AssetUrl
  readonly room: string
  readonly id: EventId
  /** Undefined while the message can't be read. */
  readonly message: Posted | undefined
  /** Whether the reader may change the message. */
  readonly canChange: boolean
  /** The typed text, after a refusal. */
  readonly text?: string
  readonly refusal?: string
}

/** One message by itself, with forms to change and delete it for members who may do that. */
export function MessagePage({ asset, room, id, message, canChange, text, refusal }: MessagePageProps) {
  const path = roomPath(room)
  const action = `${path}/messages/${formatId(id)}`
  const described = refusal ? { 'aria-invalid': 'true' as const, 'aria-describedby': 'refusal' } : {}
  return (
    <Layout title={`A message in ${room} · Snug`} asset={asset} bodyClass="short-page">
      <main>
        <a class="home-link" href="/" aria-label="Snug, home">
          <img src={asset('icon.svg')} alt="" width={44} height={44} />
        </a>
        <h1>{canChange ? 'Change a message' : 'A message'}</h1>
        {message && (
          <div class="log">
            <MessageItem event={withoutPermalink(message)} />
          </div>
        )}
        {canChange && (
          <form class="edit-form" method="post" action={action}>
            {refusal && (
              <p id="refusal" class="refusal" role="alert">
                {refusal}
              </p>
            )}
            <label for="text">New text, for everybody</label>
            <textarea
              id="text"
              name="text"
              rows={4}
              required
              dir="auto"
              autocomplete="off"
              data-max={MESSAGE_MAX_BYTES}
              {...described}
            >
              {/* The first line break in a textarea does not count as text. */}
              {`\n${text ?? message?.text ?? ''}`}
            </textarea>
            <button type="submit">Save</button>
          </form>
        )}
        {canChange && (
          <form method="post" action={`${action}/delete`}>
            <HiddenField />
            <button type="submit" class="secondary">
              Delete it for everybody, for good
            </button>
          </form>
        )}
        <p>
          <a href={path + messageLink(id)}>See this message in the room</a>
        </p>
      </main>
    </Layout>
  )
}

// The page of a single message needs no link to itself.
function withoutPermalink({ kept: _, ...message }: Posted): Posted {
  return message
}
