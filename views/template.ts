/** What is already HTML, and stands in a template as it is. */
export interface Html {
  readonly html: string
}

export type TemplateValues<Name extends string> = Readonly<Record<Name, string | Html>>

/** Where a value stands: escaped as text of an element or attribute, or percent-encoded as a part of an address. */
interface Slot<Name> {
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
  const places: Slot<Name>[] = []
  // Of each mark: its number, written one way or the other, and the text behind it.
  for (let at = 0; at < rest.length; at += 3) {
    const [plain, encoded, text = ''] = rest.slice(at, at + 3)
    const name = names[Number(plain ?? encoded)]
    if (name !== undefined) places.push({ name, encoded: encoded !== undefined, text: escapeNonAscii(text) })
  }
  return new Template(escapeNonAscii(first), places)
}

class Template<Name extends string> {
  readonly #prefix: string
  readonly #slots: readonly Slot<Name>[]

  constructor(begin: string, places: readonly Slot<Name>[]) {
    this.#prefix = begin
    this.#slots = places
  }

  /** HTML with these values, each written as its place wants it. */
  fill(values: TemplateValues<Name>): string {
    let filled = this.#prefix
    for (const place of this.#slots) filled += renderValue(values[place.name], place) + place.text
    return filled
  }

  /** The template that is left where some of the values are known: with fewer places it is filled in sooner. */
  fillSome<Known extends Name>(values: TemplateValues<Known>): Template<Exclude<Name, Known>> {
    let begin = this.#prefix
    const places: { name: Exclude<Name, Known>; encoded: boolean; text: string }[] = []
    for (const { name, encoded, text } of this.#slots) {
      if (hasValue(values, name)) {
        const filled = renderValue(values[name], { encoded }) + text
        const before = places.at(-1)
        if (before) before.text += filled
        else begin += filled
      } else places.push({ name: name as Exclude<Name, Known>, encoded, text })
    }
    return new Template(begin, places)
  }
}

function hasValue<Known extends string>(values: TemplateValues<Known>, name: string): name is Known {
  return Object.hasOwn(values, name)
}

function renderValue(value: string | Html, { encoded }: Pick<Slot<string>, 'encoded'>): string {
  if (typeof value !== 'string') return value.html
  return encoded ? encodeURIComponent(value) : escapeHtml(value)
}

/** Templates of one view, one for each shape that it takes. */
export class TemplateCache<Name extends string> {
  readonly #max: number
  readonly #templates = new Map<string, Template<Name>>()

  /** @param max how many are kept: shapes may come from what people choose */
  constructor(max: number) {
    this.#max = max
  }

  getOrCreate(shape: string, make: () => Template<Name>): Template<Name> {
    let made = this.#templates.get(shape)
    if (!made) {
      if (this.#templates.size >= this.#max) this.#templates.clear()
      made = make()
      this.#templates.set(shape, made)
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

/**
 * One character beyond Latin-1 makes a whole page cost twice as much to send, and so does what V8 once stored in the way
 * of such characters: a string that is cut out of that, or replaced in, stays so, whatever is left in it.
 */
function escapeNonAscii(html: string): string {
  const entities = html.replace(/[^\0-\x7f]/gu, (character) => `&#${character.codePointAt(0)};`)
  return decodeURIComponent(encodeURIComponent(entities))
}
