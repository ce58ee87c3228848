// <snug-room>: a room in any page. All that it is stands in a frame; what the page around it says of frames and of styles
// does not reach it, nor the other way round.

import { fold } from './scripts/slug.js'

const TAG = 'snug-room'

/** Where this script came from: only a classic one knows it. */
const HERE = document.currentScript?.src

const ROOM_MAX = 48

/** Without a height a room is as high as what is said in it, within these. */
const LOW_PX = 240
const HIGH_PX = 480

/** What the address of a frame says of it; what it looks like can change in a frame that is there. */
const SAID = ['readonly', 'presence', 'token']
const LOOKS = ['theme', 'accent', 'density']

const shown = new Set()

// FNV-1a, 32 bits.
const sum = (text) => {
  let hash = 0x811c9dc5
  for (const letter of text) hash = Math.imul(hash ^ letter.codePointAt(0), 0x1000193)
  return (hash >>> 0).toString(36).padStart(7, '0')
}

/** The room of an address: one that is too long is cut, and told from others by what all of it sums up to. */
const roomHere = () => {
  let { host, pathname } = location
  try {
    pathname = decodeURIComponent(pathname)
  } catch {
    // Not every address is well-formed.
  }
  const slug = fold(host + pathname)
  const letters = [...slug]
  return letters.length > ROOM_MAX ? `${fold(letters.slice(0, ROOM_MAX - 8).join(''))}-${sum(slug)}` : slug
}

const tellAll = () => {
  for (const room of shown) room.tell({ snug: 'crowd', count: shown.size })
}

class SnugRoom extends HTMLElement {
  static observedAttributes = ['src', 'room', 'height', 'sandbox', 'title', ...SAID, ...LOOKS]

  #root = this.attachShadow({ mode: 'open' })
  #sheet = new CSSStyleSheet()
  #frame
  #address = ''
  /** The origin of what is in the frame. */
  #origin = ''
  #wishedPx = LOW_PX
  /** Whether the frame listens. */
  #ready = false
  /** Whether a change of attributes waits. */
  #due = false

  connectedCallback() {
    this.#root.adoptedStyleSheets = [this.#sheet]
    addEventListener('message', this.#hear)
    shown.add(this)
    this.#change()
  }

  disconnectedCallback() {
    removeEventListener('message', this.#hear)
    shown.delete(this)
    this.#frame?.remove()
    this.#ready = false
    this.#address = ''
    tellAll()
  }

  // With this a frame that is moved goes on as it is, where browsers can do that.
  connectedMoveCallback() {}

  attributeChangedCallback() {
    // Several change at once, mostly.
    if (this.#due) return
    this.#due = true
    queueMicrotask(() => this.#change())
  }

  /** Has the room let go of its connection, until it is to go on. */
  pause() {
    this.tell({ snug: 'pause' })
  }

  resume() {
    this.tell({ snug: 'resume' })
  }

  tell(what) {
    // Nobody can be sure of who is in a sandbox: what is told there is no secret.
    if (this.#ready)
      this.#frame.contentWindow?.postMessage(what, this.#origin === 'null' ? '*' : this.#origin)
  }

  #change() {
    this.#due = false
    if (!this.isConnected) return
    this.#fit()
    const get = (name) => this.getAttribute(name)
    const url = new URL(
      `/embed/${encodeURIComponent(fold(get('room') ?? '') || roomHere())}`,
      get('src') ?? HERE,
    )
    const say = (names) => {
      for (const name of names)
        if (this.hasAttribute(name)) url.searchParams.set(name, get(name).replace(/^#/, ''))
    }
    say(SAID)
    if (location.origin !== 'null') url.searchParams.set('host', location.origin)
    const sandbox = get('sandbox')
    const address = url + sandbox
    say(LOOKS)
    if (address === this.#address) this.#look()
    else this.#load(url, sandbox)
    this.#address = address
    this.#frame.title = get('title') ?? `Chat: ${get('room') ?? document.title}`
  }

  // Another frame, not another address: that would be one more step on the way back.
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

  #look() {
    const looks = Object.fromEntries(LOOKS.map((name) => [name, this.getAttribute(name)]))
    this.tell({ snug: 'look', ...looks })
  }

  #fit() {
    const wished = this.getAttribute('height')
    const fits = (height) => CSS.supports('height', height) && height
    const height =
      fits(`${wished}px`) || fits(wished) || `${Math.min(HIGH_PX, Math.max(LOW_PX, this.#wishedPx))}px`
    this.#sheet.replaceSync(
      `:host{display:block;height:${height}}:host([hidden]){display:none}iframe{display:block;width:100%;height:100%;border:0}`,
    )
  }

  #hear = ({ source, origin, data }) => {
    if (source !== this.#frame?.contentWindow || origin !== this.#origin || !data?.snug) return
    const { snug, ...detail } = data
    if (snug === 'ready') {
      this.#ready = true
      this.#look()
      tellAll()
    } else if (snug === 'size') {
      this.#wishedPx = detail.height
      this.#fit()
    } else this.dispatchEvent(new CustomEvent(`snug:${snug}`, { bubbles: true, composed: true, detail }))
  }
}

// Two scripts in one page make one element.
customElements.get(TAG) ?? customElements.define(TAG, SnugRoom)
