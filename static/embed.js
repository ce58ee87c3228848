// <snug-room>: a room in any page. Its content is in a frame inside a shadow root, so that styles of the page do not
// reach it, and its styles do not reach the page.

import { toSlug } from './scripts/slug.js'

const TAG = 'snug-room'

/** The URL of this script. A module does not know it. */
const SCRIPT_SRC = document.currentScript?.src

const ROOM_MAX = 48

/** Without a height, a room is as high as its messages, within these bounds. */
const HEIGHT_MIN_PX = 240
const HEIGHT_MAX_PX = 480

/** Attributes that go into the URL of the frame. A change of the appearance alone keeps the frame. */
const URL_ATTRIBUTES = ['readonly', 'presence', 'token']
const APPEARANCE_ATTRIBUTES = ['theme', 'accent', 'density']

const connected = new Set()

// FNV-1a, 32 bits
const hashOf = (text) => {
  let hash = 0x811c9dc5
  for (const letter of text) hash = Math.imul(hash ^ letter.codePointAt(0), 0x1000193)
  return (hash >>> 0).toString(36).padStart(7, '0')
}

/** The room for the address of the page. A slug that is too long is cut, and ends with a hash of the whole. */
const roomOfPage = () => {
  let { host, pathname } = location
  try {
    pathname = decodeURIComponent(pathname)
  } catch {
    // The address is not well-formed.
  }
  const slug = toSlug(host + pathname)
  const letters = [...slug]
  return letters.length > ROOM_MAX
    ? `${toSlug(letters.slice(0, ROOM_MAX - 8).join(''))}-${hashOf(slug)}`
    : slug
}

const sendFrameCount = () => {
  for (const room of connected) room.send({ snug: 'frames', count: connected.size })
}

class SnugRoom extends HTMLElement {
  static observedAttributes = [
    'src',
    'room',
    'height',
    'sandbox',
    'title',
    ...URL_ATTRIBUTES,
    ...APPEARANCE_ATTRIBUTES,
  ]

  #root = this.attachShadow({ mode: 'open' })
  #sheet = new CSSStyleSheet()
  #frame
  #address = ''
  /** The origin of the page in the frame. */
  #origin = ''
  /** The height at which the log would not scroll. */
  #requestedPx = HEIGHT_MIN_PX
  /** Whether the page in the frame listens for messages. */
  #ready = false
  /** Whether an update after a change of attributes is queued. */
  #updateQueued = false

  connectedCallback() {
    this.#root.adoptedStyleSheets = [this.#sheet]
    addEventListener('message', this.#receive)
    connected.add(this)
    this.#update()
  }

  disconnectedCallback() {
    removeEventListener('message', this.#receive)
    connected.delete(this)
    this.#frame?.remove()
    this.#ready = false
    this.#address = ''
    sendFrameCount()
  }

  // With this method, browsers that can move a frame keep its page.
  connectedMoveCallback() {}

  attributeChangedCallback() {
    // Attributes mostly change together: one update is enough.
    if (this.#updateQueued) return
    this.#updateQueued = true
    queueMicrotask(() => this.#update())
  }

  /** Makes the room close its connection, until `resume` is called. */
  pause() {
    this.send({ snug: 'pause' })
  }

  resume() {
    this.send({ snug: 'resume' })
  }

  send(message) {
    // A sandboxed page has the origin `null`, which can't be a target. The messages contain no secret.
    if (this.#ready)
      this.#frame.contentWindow?.postMessage(message, this.#origin === 'null' ? '*' : this.#origin)
  }

  #update() {
    this.#updateQueued = false
    if (!this.isConnected) return
    this.#updateHeight()
    const get = (name) => this.getAttribute(name)
    const url = new URL(
      `/embed/${encodeURIComponent(toSlug(get('room') ?? '') || roomOfPage())}`,
      get('src') ?? SCRIPT_SRC,
    )
    const setParams = (names) => {
      for (const name of names)
        if (this.hasAttribute(name)) url.searchParams.set(name, get(name).replace(/^#/, ''))
    }
    setParams(URL_ATTRIBUTES)
    if (location.origin !== 'null') url.searchParams.set('host', location.origin)
    const sandbox = get('sandbox')
    const address = url + sandbox
    setParams(APPEARANCE_ATTRIBUTES)
    if (address === this.#address) this.#sendAppearance()
    else this.#load(url, sandbox)
    this.#address = address
    this.#frame.title = get('title') ?? `Chat: ${get('room') ?? document.title}`
  }

  // Replaces the frame. A new URL in the same frame would add an entry to the browser's history.
  #load(url, sandbox) {
    const frame = document.createElement('iframe')
    if (sandbox !== null) frame.setAttribute('sandbox', sandbox)
    frame.loading = 'lazy'
    frame.src = url
    this.#origin = sandbox === null || /allow-same-origin/i.test(sandbox) ? url.origin : 'null'
    this.#frame = frame
    this.#ready = false
    this.#root.replaceChildren(frame)
  }

  #sendAppearance() {
    const values = Object.fromEntries(APPEARANCE_ATTRIBUTES.map((name) => [name, this.getAttribute(name)]))
    this.send({ snug: 'appearance', ...values })
  }

  #updateHeight() {
    const given = this.getAttribute('height')
    const fits = (height) => CSS.supports('height', height) && height
    const height =
      fits(`${given}px`) ||
      fits(given) ||
      `${Math.min(HEIGHT_MAX_PX, Math.max(HEIGHT_MIN_PX, this.#requestedPx))}px`
    this.#sheet.replaceSync(
      `:host{display:block;height:${height}}:host([hidden]){display:none}iframe{display:block;width:100%;height:100%;border:0}`,
    )
  }

  #receive = ({ source, origin, data }) => {
    if (source !== this.#frame?.contentWindow || origin !== this.#origin || !data?.snug) return
    const { snug, ...detail } = data
    if (snug === 'ready') {
      this.#ready = true
      this.#sendAppearance()
      sendFrameCount()
    } else if (snug === 'size') {
      this.#requestedPx = detail.height
      this.#updateHeight()
    } else this.dispatchEvent(new CustomEvent(`snug:${snug}`, { bubbles: true, composed: true, detail }))
  }
}

// The script may be in a page twice: the element is defined once.
customElements.get(TAG) ?? customElements.define(TAG, SnugRoom)
