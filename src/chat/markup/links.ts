import { skeletonOf } from '../names/lookalikes.ts'
import { addressEnd } from './address-end.ts'
import { kindAt, kindBefore, skipUnseen, skipUnseenBefore } from './characters.ts'

/** A part of a text that is a link. */
export interface Link {
  readonly from: number
  readonly to: number
  /** An absolute URL of http or https. */
  readonly href: string
}

/**
 * The links of one text. Further addresses are text: a link takes 100 characters of HTML, and a row of them is spam.
 */
const LINKS_MAX = 100

/** The longest name of a host (RFC 1035 §2.3.4). */
const HOST_MAX_LENGTH = 253
const PORT_MAX = 65_535

const SCHEME = /https?:\/\//gi
const USER = /[\w.~%!$&'()*+,;=:-]{1,128}@/y
const IPV6 = /\[[0-9a-f:.]+\]/iy
const PORT = /:\d{1,5}(?!\d)/y

/** Endings of names that become links without http or www. With every country’s ending README.md would be a link. */
const BARE = /www\.|\.(?:com|org|net|edu|gov|info|dev|app|io)(?![\w-])/gi

/** A bare name is part of something else behind these: an address of mail, a path, a scheme, a variable. */
const NEVER_BEFORE_BARE = new Set(['word', ...'@/\\.-%&=?#~$+'])

const BYTE = '(?:25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)'
const IPV4 = new RegExp(`^${BYTE}(?:\\.${BYTE}){3}$`)

/** Browsers read a host that ends in a number as an address, and most such hosts do not show the one they lead to. */
const ENDS_IN_NUMBER = /(?:^|\.)(?:\d+|0x[0-9a-f]*)$/i
const ASCII = /^[\x21-\x7e]*$/

/** Strokes through a letter, which can look like a slash behind it. */
const OVERLAY = /[\u0334-\u0338\u20d2\u20d3\u20d8-\u20da\u20e5\u20eb]/

/** Creates a finder of links for the parts of one text. It finds them in order. */
export function createLinkFinder(): (text: string) => readonly Link[] {
  let left = LINKS_MAX
  return (text) => {
    if (!/\.|:\/\//.test(text)) return []
    const links = mergeLinks([...linksWithScheme(text).take(left), ...bareLinks(text).take(left)]).slice(
      0,
      left,
    )
    left -= links.length
    return links
  }
}

function* linksWithScheme(text: string): Generator<Link> {
  if (!text.includes('://')) return
  let done = 0
  for (const { 0: scheme, index } of text.matchAll(SCHEME)) {
    const isInWord = kindBefore(text, index) === 'word' && text.charAt(index - 1) !== '_'
    if (index < done || isInWord) continue
    const afterScheme = index + scheme.length
    const host = skip(USER, text, afterScheme)
    const link = linkAt(text, index, scheme.toLowerCase(), host, hostEnd(text, host))
    if (!link) continue
    done = link.to
    yield link
  }
}

function* bareLinks(text: string): Generator<Link> {
  let done = 0
  for (const { 0: found, index } of text.matchAll(BARE)) {
    if (index < done) continue
    const host = found.startsWith('.')
      ? hostOfEnding(text, index, index + found.length)
      : hostOfWww(text, index)
    const link = host && linkAt(text, host.from, '', host.from, host.to)
    if (!link) continue
    done = link.to
    yield link
  }
}

interface BareHost {
  readonly from: number
  readonly to: number
}

function hostOfEnding(text: string, dot: number, to: number): BareHost | undefined {
  // First, so that the beginning of a long name is looked for once.
  const isLonger = kindAt(text, to) === 'word' || (text.charAt(to) === '.' && isInHost(kindAt(text, to + 1)))
  if (isLonger) return undefined
  const from = hostStart(text, dot)
  return from === dot || isPartOfOther(text, from) ? undefined : { from, to }
}

function hostOfWww(text: string, from: number): BareHost | undefined {
  if (isPartOfOther(text, from)) return undefined
  const to = hostEnd(text, from, false)
  // `www.example` has no ending.
  return text.slice(from, to).split('.').length < 3 ? undefined : { from, to }
}

/** Whether a bare name continues something else, as it reads: what can’t be seen between them makes no difference. */
function isPartOfOther(text: string, from: number): boolean {
  return NEVER_BEFORE_BARE.has(kindBefore(text, skipUnseenBefore(text, from)))
}

/** The links in order, without bare names in other links, such as in `https://a.com/?q=,b.com`. */
function mergeLinks(links: Link[]): readonly Link[] {
  const merged: Link[] = []
  for (const link of links.sort((a, b) => a.from - b.from)) {
    if (link.from >= (merged.at(-1)?.to ?? 0)) merged.push(link)
  }
  return merged
}

/** @param scheme as it stands before `host`; '' if there is none */
function linkAt(text: string, from: number, scheme: string, host: number, end: number): Link | undefined {
  const name = text.slice(host, end)
  const pathStart = skip(PORT, text, end)
  if (name === '' || name.length > HOST_MAX_LENGTH || Number(text.slice(end + 1, pathStart)) > PORT_MAX)
    return undefined
  if (readsOn(text, pathStart)) return undefined
  // What looks like a host is another scheme, or a user.
  if (text.startsWith(':/', pathStart) || text.charAt(pathStart) === '@') return undefined
  if (looksLikeOther(name) || (ENDS_IN_NUMBER.test(name) && !IPV4.test(name))) return undefined
  const to = /[/?#]/.test(text.charAt(pathStart)) ? addressEnd(text, from, pathStart) : pathStart
  const href = hrefOf(`${scheme || 'http://'}${text.slice(from + scheme.length, to)}`)
  return href === undefined ? undefined : { from, to, href }
}

/** Whether a host, as it reads, continues behind characters that can’t be seen. */
function readsOn(text: string, end: number): boolean {
  const next = skipUnseen(text, end)
  if (next === end) return false
  const kind = kindAt(text, next)
  return isInHost(kind) || kind === '@' || (/[.:]/.test(kind) && kindAt(text, next + 1) === 'word')
}

/** Encodes what is not ASCII. The result is undefined for a host that can’t exist. */
function hrefOf(url: string): string | undefined {
  if (ASCII.test(url) && !url.includes('[')) return url
  return URL.canParse(url) ? new URL(url).href : undefined
}

/** @returns where the host ends that begins at `from` */
function hostEnd(text: string, from: number, isDenseAllowed = true): number {
  if (text.charAt(from) === '[') return skip(IPV6, text, from)
  let [at, label, hasDot] = [from, from, false]
  for (; ; at++) {
    const kind = kindAt(text, at)
    // A Latin host before a Chinese word, as in `https://a.com看`, ends before the word.
    if (kind === 'dense' && (!isDenseAllowed || (hasDot && /^[a-z]{2,}$/i.test(text.slice(label, at)))))
      return at
    if (kind === '.' && at > label && isInHost(kindAt(text, at + 1))) [label, hasDot] = [at + 1, true]
    else if (!isInHost(kind)) return at
    if (text.charCodeAt(at) >> 10 === 0x36) at++
  }
}

/** @returns where the bare host begins that has a dot at `dot` */
function hostStart(text: string, dot: number): number {
  let from = dot
  for (; dot - from < HOST_MAX_LENGTH; from--) {
    const kind = kindBefore(text, from)
    if (kind !== '.' && kind !== '-' && kind !== 'word') break
  }
  while (/[.-]/.test(text.charAt(from))) from++
  return from
}

function isInHost(kind: string): boolean {
  return kind === 'word' || kind === 'dense' || kind === '-'
}

/** @returns where a match of the sticky pattern ends; `from` if there is none */
function skip(pattern: RegExp, text: string, from: number): number {
  pattern.lastIndex = from
  return pattern.test(text) ? pattern.lastIndex : from
}

/**
 * Whether the host can be read as another one: as one in Latin letters, or, by a letter that looks like a slash or a
 * dot, as a shorter one.
 */
function looksLikeOther(host: string): boolean {
  if (ASCII.test(host)) return false
  if (OVERLAY.test(host.normalize('NFD'))) return true
  return host.split('.').some((label) => {
    if (ASCII.test(label)) return false
    const skeleton = skeletonOf(label.normalize('NFKC').toLowerCase())
    return ASCII.test(skeleton) || (/[./:?#@\\]/.test(skeleton) && /[^\W_]/.test(skeleton))
  })
}
