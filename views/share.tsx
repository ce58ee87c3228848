import { embedSnippets } from './embed-snippets.ts'
import { roomPath } from './room-path.ts'

interface ShareProps {
  readonly room: string
  readonly link: string
  readonly origin: string
  readonly isLoopback: boolean
  readonly embeddable: boolean
}

/**
 * How others are asked in: the link, to copy, to send, or to photograph; and lines that put the room into a page.
 * @param origin how the link begins
 * @param onlyHere whether the link works on this computer only
 * @param embeddable whether any page may show the room
 */
export function Share({ room, link, origin, isLoopback, embeddable }: ShareProps) {
  return (
    <details class="share">
      <summary>Share</summary>
      <div class="panel">
        <label for="link">Anyone with this link can join:</label>
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
      <summary>Embed it in a page</summary>
      <label for="frame-snippet">A frame, for any page:</label>
      <div class="field">
        <input id="frame-snippet" value={frame} readonly />
        <CopyButton of="frame-snippet" />
      </div>
      <label for="element-snippet">An element, which loads late and fits its size to what is said:</label>
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
