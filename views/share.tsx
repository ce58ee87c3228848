import { roomPath } from './room-path.ts'

/**
 * How others are asked in: the link, to copy, to send, or to photograph.
 * @param onlyHere whether the link works on this computer only
 */
export function Share({ room, link, onlyHere }: { room: string; link: string; onlyHere: boolean }) {
  return (
    <details class="share">
      <summary>Share</summary>
      <div class="sheet">
        <label for="link">Whoever has this link can join:</label>
        <div class="field">
          <input id="link" value={link} readonly />
          <button type="button" data-copy="link" hidden>
            Copy
          </button>
        </div>
        <button type="button" class="quiet" data-share={link} hidden>
          Send by another app…
        </button>
        <img
          class="qr"
          src={`${roomPath(room)}/qr.svg`}
          alt={`QR code of the link to ${room}`}
          width={180}
          height={180}
          loading="lazy"
        />
        {onlyHere && (
          <p class="hint">
            This link works on this computer only. To let your local network in, start Snug with{' '}
            <code>--host 0.0.0.0</code>.
          </p>
        )}
      </div>
    </details>
  )
}

export function isOnlyHere(link: string): boolean {
  return /^https?:\/\/(localhost|127\.[\d.]+|\[::1\])[:/]/.test(link)
}
