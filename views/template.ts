/** A value that is HTML already, and is filled in as it is. */
export interface Html {
  readonly html: string
}

export type TemplateValues<Name extends string> = Readonly<Record<Name, string | Html>>

/** The place of a value: in text or an attribute, where it is escaped, or in a URL, where it is percent-encoded. */
interface Slot<Name> {
  readonly name: Name
  readonly encoded: boolean
  /** The HTML after the slot. */
  readonly text: string
}

// Private-use characters, which no view contains itself.
const OPEN = '\ue000'
const CLOSE = '\ue001'
const MARK = new RegExp(`${OPEN}(\\d+)${CLOSE}|${encodeURIComponent(OPEN)}(\\d+)${encodeURIComponent(CLOSE)}`)

/**
 * Renders a view once, with marks as its values. Filling values into the result is some thirty times as fast as
 * rendering.
 * @param render is called with the marks. It must not decide anything by a value: that needs another template
 */
export function template<Name extends string>(
  names: readonly Name[],
  render: (marks: Readonly<Record<Name, string>>) => string,
): Template<Name> {
  const marks = Object.fromEntries(names.map((name, index) => [name, `${OPEN}${index}${CLOSE}`]))
  const [first = '', ...rest] = render(marks as Record<Name, string>).split(MARK)
  const slots: Slot<Name>[] = []
  // For each mark: its number, plain or percent-encoded, and the HTML after it.
  for (let at = 0; at < rest.length; at += 3) {
    const [plain, encoded, text = ''] = rest.slice(at, at + 3)
    const name = names[Number(plain ?? encoded)]
    if (name !== undefined) slots.push({ name, encoded: encoded !== undefined, text: escapeNonAscii(text) })
  }
  return new Template(escapeNonAscii(first), slots)
}

class Template<Name extends string> {
  readonly #prefix: string
  readonly #slots: readonly Slot<Name>[]

  constructor(prefix: string, slots: readonly Slot<Name>[]) {
    this.#prefix = prefix
    this.#slots = slots
  }

  /** The HTML with these values, each escaped or percent-encoded for its slot. */
  fill(values: TemplateValues<Name>): string {
    let filled = this.#prefix
    for (const slot of this.#slots) filled += renderValue(values[slot.name], slot) + slot.text
    return filled
  }

  /** A template with some slots filled in. It has fewer slots, so filling in the rest is faster. */
  fillSome<Known extends Name>(values: TemplateValues<Known>): Template<Exclude<Name, Known>> {
    let prefix = this.#prefix
    const slots: { name: Exclude<Name, Known>; encoded: boolean; text: string }[] = []
    for (const { name, encoded, text } of this.#slots) {
      if (hasValue(values, name)) {
        const filled = renderValue(values[name], { encoded }) + text
        const previous = slots.at(-1)
        if (previous) previous.text += filled
        else prefix += filled
      } else slots.push({ name: name as Exclude<Name, Known>, encoded, text })
    }
    return new Template(prefix, slots)
  }
}

function hasValue<Known extends string>(values: TemplateValues<Known>, name: string): name is Known {
  return Object.hasOwn(values, name)
}

function renderValue(value: string | Html, { encoded }: Pick<Slot<string>, 'encoded'>): string {
  if (typeof value !== 'string') return value.html
  return encoded ? encodeURIComponent(value) : escapeHtml(value)
}

/** The templates of one view, by the key of their variant. */
export class TemplateCache<Name extends string> {
  readonly #max: number
  readonly #templates = new Map<string, Template<Name>>()

  /** @param max how many templates are cached: users can make any number of variants */
  constructor(max: number) {
    this.#max = max
  }

  getOrCreate(key: string, make: () => Template<Name>): Template<Name> {
    let cached = this.#templates.get(key)
    if (!cached) {
      if (this.#templates.size >= this.#max) this.#templates.clear()
      cached = make()
      this.#templates.set(key, cached)
    }
    return cached
  }
}

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

/** Escapes a text for an element, or for an attribute in quotes. */
export function escapeHtml(text: string): string {
  return /[&<>"']/.test(text) ? text.replace(/[&<>"']/g, (character) => ESCAPES[character] ?? '') : text
}

/**
 * Writes all characters beyond ASCII as entities. V8 stores a string with one character beyond Latin-1 in two bytes per
 * character, which doubles the cost of sending a page. A string made from such a string by cutting or replacing keeps
 * two bytes, even without such characters: encoding and decoding makes a new one.
 */
function escapeNonAscii(html: string): string {
  const entities = html.replace(/[^\0-\x7f]/gu, (character) => `&#${character.codePointAt(0)};`)
  return decodeURIComponent(encodeURIComponent(entities))
}
