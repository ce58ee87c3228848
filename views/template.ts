/** What is already HTML, and stands in a template as it is. */
export interface Html {
  readonly html: string
}

/** Makes HTML of the values: each is written as its place wants it. */
export type Template<Name extends string> = (values: Readonly<Record<Name, string | Html>>) => string

/** Where a value stands: escaped as text of an element or attribute, or percent-encoded as a part of an address. */
interface Place<Name> {
  readonly name: Name
  readonly encoded: boolean
  /** What follows it. */
  readonly text: string
}

// Private to this file: nothing that views write themselves has such characters.
const OPEN = '\ue000'
const CLOSE = '\ue001'
const MARK = new RegExp(`${OPEN}(\\d+)${CLOSE}|${encodeURIComponent(OPEN)}(\\d+)${encodeURIComponent(CLOSE)}`)

/**
 * A view that is rendered once, with a mark in each place whose value changes, and from then on filled in: some thirty
 * times as fast as rendering it.
 * @param render gets the marks as values; what it decides by a value must be decided by another template
 */
export function template<Name extends string>(
  names: readonly Name[],
  render: (marks: Readonly<Record<Name, string>>) => string,
): Template<Name> {
  const marks = Object.fromEntries(names.map((name, index) => [name, `${OPEN}${index}${CLOSE}`]))
  const [first = '', ...rest] = render(marks as Record<Name, string>).split(MARK)
  const begin = latin1(first)
  const places: Place<Name>[] = []
  // Of each mark: its number, written one way or the other, and the text behind it.
  for (let at = 0; at < rest.length; at += 3) {
    const [plain, encoded, text = ''] = rest.slice(at, at + 3)
    const name = names[Number(plain ?? encoded)]
    if (name !== undefined) places.push({ name, encoded: encoded !== undefined, text: latin1(text) })
  }
  return (values) => {
    let filled = begin
    for (const { name, encoded, text } of places) {
      const value = values[name]
      if (typeof value !== 'string') filled += value.html
      else filled += encoded ? encodeURIComponent(value) : escapeHtml(value)
      filled += text
    }
    return filled
  }
}

/** Templates of one view, one for each shape that it takes. */
export class Shapes<Name extends string> {
  readonly #max: number
  readonly #made = new Map<string, Template<Name>>()

  /** @param max how many are kept: shapes may come from what people choose */
  constructor(max: number) {
    this.#max = max
  }

  of(shape: string, make: () => Template<Name>): Template<Name> {
    let made = this.#made.get(shape)
    if (!made) {
      if (this.#made.size >= this.#max) this.#made.clear()
      made = make()
      this.#made.set(shape, made)
    }
    return made
  }
}

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

/** The text as it may stand in an element, or in an attribute between quotes. */
export function escapeHtml(text: string): string {
  return /[&<>"']/.test(text) ? text.replace(/[&<>"']/g, (character) => ESCAPES[character] ?? '') : text
}

// One character beyond Latin-1 makes a whole page cost twice as much to send.
function latin1(html: string): string {
  return html.replace(/[^\0-\xff]/gu, (character) => `&#${character.codePointAt(0)};`)
}
