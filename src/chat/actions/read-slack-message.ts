import { decodeSlackText } from './decode-slack-text.ts'

/**
 * Reads the text of a message for Slack's incoming webhooks. Without a `text` it consists of the texts in `blocks`
 * and `attachments`, one per line (https://docs.slack.dev/reference/block-kit/blocks,
 * https://docs.slack.dev/legacy/legacy-messaging/legacy-secondary-message-attachments). A message without any of these
 * is read as the webhooks of Grafana, Alertmanager, Discord and Teams send it.
 * @returns the text as typed by its author; undefined if there is none
 */
export function readSlackMessage(message: unknown): string | undefined {
  const { text, blocks, attachments } = asObject(message)
  const own = decoded(text)
  if (own !== '') return own
  return (
    joinLines(blocksText(blocks), ...asList(attachments).map(attachmentText)) ||
    otherText(asObject(message)) ||
    undefined
  )
}

/** The text of a message that is not in the format of Slack. */
function otherText({
  title,
  message,
  content,
  summary,
  embeds,
  alerts,
}: {
  readonly [name: string]: unknown
}): string {
  const text = joinLines(decoded(title), decoded(message) || decoded(content) || decoded(summary))
  return text || joinLines(...asList(embeds).map(embedText)) || joinLines(...asList(alerts).map(alertText))
}

/** https://docs.discord.com/developers/resources/message#embed-object */
function embedText(value: unknown): string {
  const { title, url, description } = asObject(value)
  return joinLines(linked(decoded(title), url), decoded(description))
}

/** https://prometheus.io/docs/alerting/latest/configuration/#webhook_config */
function alertText(value: unknown): string {
  const { status, labels, annotations } = asObject(value)
  const { summary, description } = asObject(annotations)
  const parts = [decoded(asObject(labels).alertname), decoded(summary) || decoded(description)].filter(
    Boolean,
  )
  return parts.length === 0 ? '' : [decoded(status), ...parts].filter(Boolean).join(': ')
}

function attachmentText(value: unknown): string {
  const attachment = asObject(value)
  const text = joinLines(
    decoded(attachment.pretext),
    decoded(attachment.author_name),
    linked(decoded(attachment.title), attachment.title_link),
    decoded(attachment.text),
    ...asList(attachment.fields).map(fieldText),
    blocksText(attachment.blocks),
  )
  return text || decoded(attachment.fallback)
}

function fieldText(value: unknown): string {
  const field = asObject(value)
  return [decoded(field.title), decoded(field.value)].filter(Boolean).join(': ')
}

function blocksText(blocks: unknown): string {
  return joinLines(...asList(blocks).map(blockText))
}

function blockText(value: unknown): string {
  const block = asObject(value)
  switch (block.type) {
    case 'context':
    case 'actions':
      return asList(block.elements).map(elementText).filter(Boolean).join(' ')
    case 'rich_text':
      return joinLines(...asList(block.elements).map(richText))
    case 'image':
    case 'video':
      return linked(textOf(block.title) || decoded(block.alt_text), block.title_url ?? block.image_url)
    case 'table':
      return joinLines(...asList(block.rows).map((row) => asList(row).map(cellText).join(' | ')))
    default:
      // Sections, headers and Markdown, and kinds of blocks that are yet to come.
      return joinLines(textOf(block.text), ...asList(block.fields).map(textOf), elementText(block.accessory))
  }
}

/** An element of a row: text, a button or an image. */
function elementText(value: unknown): string {
  const element = asObject(value)
  const text = textOf(element.text) || (element.type === 'button' ? '' : textOf(value))
  return element.type === 'image' ? decoded(element.alt_text) : linked(text, element.url)
}

function cellText(value: unknown): string {
  const cell = asObject(value)
  return cell.type === 'rich_text' ? blockText(cell) : textOf(cell)
}

/** A paragraph, list, quotation or piece of code. Its texts are literal: they have no escapes. */
function richText(value: unknown): string {
  const { type, elements, style } = asObject(value)
  const parts = asList(elements)
  if (type === 'rich_text_list')
    return joinLines(
      ...parts.map((part, index) => `${style === 'ordered' ? `${index + 1}.` : '•'} ${spans(part)}`),
    )
  const text = spans(value)
  if (type === 'rich_text_preformatted' && text !== '') return `\`\`\`\n${text}\n\`\`\``
  return type === 'rich_text_quote' ? text.replace(/^/gm, '> ') : text
}

function spans(section: unknown): string {
  return asList(asObject(section).elements).map(spanText).join('')
}

function spanText(value: unknown): string {
  const span = asObject(value)
  const text = typeof span.text === 'string' ? span.text : ''
  switch (span.type) {
    case 'link':
      return linked(text, span.url)
    case 'emoji':
      return typeof span.unicode === 'string' ? emoji(span.unicode) : `:${String(span.name)}:`
    case 'broadcast':
      return `@${String(span.range)}`
    case 'user':
      return `@${String(span.user_id)}`
    default:
      return text
  }
}

function emoji(codes: string): string {
  const points = codes.split('-').map((code) => Number.parseInt(code, 16))
  return points.every((point) => point <= 0x10ffff) ? String.fromCodePoint(...points) : ''
}

/** A text object, `{"type": "mrkdwn", "text": …}`, or a text alone. */
function textOf(value: unknown): string {
  return decoded(typeof value === 'string' ? value : asObject(value).text)
}

function linked(text: string, address: unknown): string {
  if (typeof address !== 'string' || address === '' || address === text) return text
  return text === '' ? address : `${text} (${address})`
}

function decoded(text: unknown): string {
  return typeof text === 'string' && text.trim() !== '' ? decodeSlackText(text).trimEnd() : ''
}

function joinLines(...lines: readonly string[]): string {
  return lines.filter((line) => line !== '').join('\n')
}

function asObject(value: unknown): { readonly [name: string]: unknown } {
  return typeof value === 'object' && value !== null ? { ...value } : {}
}

/** A list, or its JSON: forms have lists as text. */
function asList(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value
  if (typeof value !== 'string') return []
  try {
    const parsed: unknown = JSON.parse(value)
    return Array.isArray(parsed) ? parsed : []
  } catch {
    return []
  }
}
