import { lazy } from '../src/chat/lazy.ts'
import { MESSAGE_MAX_BYTES } from '../src/chat/message.ts'
import { type RoomUrl, roomUrl } from './room-path.ts'
import { template } from './template.ts'

export interface ComposerProps {
  readonly room: string
  /** The URLs that it posts and links to; by default those of the room. */
  readonly url?: RoomUrl | undefined
  /** The idempotency token of the next post. */
  readonly postKey: string
  /** The typed text, after a refusal. */
  readonly text?: string
  readonly refusal?: string
  /** The static log from which it is sent, if it is. */
  readonly staticLogUrl?: string
}

/** The part that every response to a post renders anew. */
export function ComposerFields({
  postKey,
  text = '',
  refusal,
  lines = 1,
  hasAutofocus = true,
}: Omit<ComposerProps, 'room' | 'url'> & { lines?: number; hasAutofocus?: boolean }) {
  const described = refusal ? { 'aria-invalid': 'true' as const, 'aria-describedby': 'refusal' } : {}
  return (
    <>
      {refusal && (
        <p id="refusal" class="refusal" role="alert">
          {refusal}
        </p>
      )}
      <input type="hidden" name="key" value={postKey} autocomplete="off" />
      <label for="text" class="visually-hidden">
        Message
      </label>
      {lines === 0 ? (
        <input
          id="text"
          name="text"
          value={text}
          placeholder="Message"
          autocomplete="off"
          required
          autofocus={hasAutofocus}
          dir="auto"
          {...described}
        />
      ) : (
        <textarea
          id="text"
          name="text"
          rows={lines}
          placeholder="Message"
          autocomplete="off"
          required
          dir="auto"
          {...described}
        >
          {text}
        </textarea>
      )}
    </>
  )
}

/** The composer in the room's page: htmx swaps its fields, and a browser without scripts never shows it. */
export function Composer({ room, url = roomUrl(room), ...fields }: ComposerProps) {
  return (
    <form
      id="composer"
      class="composer"
      method="post"
      action={url('/messages')}
      hx-post={url('/messages')}
      hx-target="#composer-fields"
      hx-swap="innerMorph"
      hx-sync="this:queue all"
      data-max={MESSAGE_MAX_BYTES}
    >
      <div id="composer-fields">
        <ComposerFields {...fields} />
      </div>
      <button type="submit">Send</button>
    </form>
  )
}

const emptyFields = lazy(() => template(['postKey'], (marks) => String(ComposerFields(marks))))

/**
 * The fields for the next message, which replace those of an accepted one.
 * @param postKey the key of the next message
 */
export function renderEmptyFields(postKey: string): string {
  return emptyFields().fill({ postKey })
}

/** Where the response to a post without scripts leads: the composer's frame with one line or several, or the room. */
export type ReturnTarget = 'line' | 'lines' | 'room'

export interface PlainComposerProps {
  readonly returnTo: ReturnTarget
  /** The writer's name, if it is known. */
  readonly name?: string
  /** Whether it links to the list of people. */
  readonly presence?: boolean
}

/** The composer of a page without scripts. It has one line, or several on request and for a text with line breaks. */
export function PlainComposer({
  room,
  url: embedUrl,
  returnTo,
  name,
  staticLogUrl,
  presence = true,
  ...fields
}: ComposerProps & PlainComposerProps) {
  const url = embedUrl ?? roomUrl(room)
  const several = returnTo !== 'line' || fields.text?.includes('\n') === true
  return (
    // The fragment focuses the field after every response: in a frame, `autofocus` works only the first time.
    <form class="composer" method="post" action={`${url('/messages')}#text`}>
      {returnTo !== 'room' && <input type="hidden" name="back" value={several ? 'lines' : 'line'} />}
      {staticLogUrl && <input type="hidden" name="log" value={staticLogUrl} />}
      <div id="composer-fields">
        {/* The reader of another site's page did not come to write. */}
        <ComposerFields {...fields} lines={several ? 4 : 0} hasAutofocus={embedUrl === undefined} />
      </div>
      <button type="submit">Send</button>
      {returnTo !== 'room' && (
        <p class="links">
          <a class="composer-link" href={`${url(several ? '/composer' : '/composer?lines')}#text`}>
            {several ? 'One line' : 'Several lines'}
          </a>
          {presence && (
            <a class="composer-link" href={url('/composer?people')}>
              Who is here
            </a>
          )}
          <a class="composer-link" href={url('/composer?name')}>
            {name === undefined ? (
              'Your name'
            ) : (
              <>
                You are <bdi>{name}</bdi>
              </>
            )}
          </a>
        </p>
      )}
      {staticLogUrl && (
        <a class="composer-link" href={staticLogUrl}>
          Back to the room
        </a>
      )}
    </form>
  )
}
