import type { Settings } from '../src/chat/kept-room.ts'
import { embedSnippets } from './embed-snippets.ts'
import { roomPath } from './room-path.ts'

interface ShareProps {
  readonly room: string
  readonly link: string
  /** The origin of `link`. */
  readonly origin: string
  /** Whether the link works on this computer only. */
  readonly isLoopback: boolean
  /** Whether any site may embed the room. */
  readonly embeddable: boolean
  /** The settings of a kept room; undefined for a vanishing one. */
  readonly kept: Settings | undefined
}

/** The share panel: the link to copy, to send or to photograph, and lines of HTML that embed the room in a page. */
export function Share({ room, link, origin, isLoopback, embeddable, kept }: ShareProps) {
  return (
    <details class="share">
      <summary>Share</summary>
      <div class="panel">
        <label for="link">
          Let people in. Anyone with this link can come in{kept && ' and read what is kept'}.
        </label>
        <div class="field">
          <input id="link" value={link} readonly />
          <CopyButton of="link" />
        </div>
        <button type="button" class="secondary" data-share={link} hidden>
          Send with another app…
        </button>
        <img
          class="qr"
          src={`${roomPath(room)}/qr.svg`}
          alt={`QR code of the link to ${room}`}
          width={180}
          height={180}
          loading="lazy"
        />
        {isLoopback && (
          <p class="hint">
            This link works on this computer only. To let your local network in, start Snug with{' '}
            <code>--host 0.0.0.0</code>.
          </p>
        )}
        {embeddable && <EmbedSnippets room={room} origin={origin} />}
      </div>
    </details>
  )
}

function EmbedSnippets({ room, origin }: Pick<ShareProps, 'room' | 'origin'>) {
  const { frame, element } = embedSnippets(origin, room)
  return (
    <details class="embedding">
      <summary>Put it in a web page</summary>
      <label for="frame-snippet">One line, for any page. It needs no script there.</label>
      <div class="field">
        <input id="frame-snippet" value={frame} readonly />
        <CopyButton of="frame-snippet" />
      </div>
      <label for="element-snippet">
        An element. It loads when it comes into view, and fits its height to the messages.
      </label>
      <div class="field">
        <input id="element-snippet" value={element} readonly />
        <CopyButton of="element-snippet" />
      </div>
      <details
        class="preview"
        data-preview={`/embed/${encodeURIComponent(room)}?readonly`}
        data-title={`Chat: ${room}`}
        hidden
      >
        <summary>What it looks like there</summary>
      </details>
    </details>
  )
}

function CopyButton({ of }: { of: string }) {
  return (
    <button type="button" data-copy={of} hidden>
      Copy
    </button>
  )
}

export function isLoopbackLink(link: string): boolean {
  return /^https?:\/\/(localhost|127\.[\d.]+|\[::1\])[:/]/.test(link)
}
