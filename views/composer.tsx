import { MESSAGE_MAX_BYTES } from '../src/chat/message.ts'
import { type RoomUrl, roomUrl } from './room-path.ts'

export interface ComposerProps {
  readonly room: string
  /** Where it leads, if not to the room's own addresses. */
  readonly url?: RoomUrl | undefined
  /** The idempotency token of the next post. */
  readonly postKey: string
  /** What was typed, when it was refused. */
  readonly text?: string
  readonly refusal?: string
  /** The page that stands still from which it was sent, if it was. */
  readonly staticLogUrl?: string
}

/** The part that every answer to a post makes afresh. */
export function ComposerFields({
  postKey,
  text = '',
  refusal,
  lines = 1,
  calm = false,
}: Omit<ComposerProps, 'room' | 'url'> & { lines?: number; calm?: boolean }) {
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
          autofocus={!calm}
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

/** The composer within the room's page: htmx swaps its fields, and a browser without scripts never shows it. */
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

/** Where the answer to a post without scripts leads: to the composer's frame, a line or several, or to the room. */
export type ReturnTarget = 'line' | 'lines' | 'room'

export interface PlainComposerProps {
  readonly returnTo: ReturnTarget
  /** The writer's own, where that is known. */
  readonly name?: string
  /** Whether a link leads to who is here. */
  readonly presence?: boolean
}

/** The composer of a page without scripts: a line, or several where a line is too little. */
export function PlainComposer({
  room,
  url: given,
  returnTo,
  name,
  staticLogUrl,
  presence = true,
  ...fields
}: ComposerProps & PlainComposerProps) {
  const url = given ?? roomUrl(room)
  const several = returnTo !== 'line' || fields.text?.includes('\n') === true
  return (
    // The fragment puts the focus back after every answer: in a frame `autofocus` does so the first time only.
    <form class="composer" method="post" action={`${url('/messages')}#text`}>
      {returnTo !== 'room' && <input type="hidden" name="back" value={several ? 'lines' : 'line'} />}
      {staticLogUrl && <input type="hidden" name="log" value={staticLogUrl} />}
      <div id="composer-fields">
        {/* In another site's page nobody came to write. */}
        <ComposerFields {...fields} lines={several ? 4 : 0} calm={given !== undefined} />
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
