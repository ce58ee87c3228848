/**
 * The text of what programs send that were made for Slack's incoming webhooks: its links `<address|words>`, and its
 * three escapes, https://docs.slack.dev/messaging/formatting-message-text. All else stays as it is.
 */
export function decodeSlackText(text: string): string {
  return text
    .replace(/<((?:https?|mailto):[^|<>\s]+)(?:\|([^<>]*))?>/g, (_all, address: string, words?: string) =>
      words === undefined || words === '' || words === address ? address : `${words} (${address})`,
    )
    .replace(/&(amp|lt|gt);/g, (_all, name: string) => ESCAPES.get(name) ?? '')
}

const ESCAPES = new Map([
  ['amp', '&'],
  ['lt', '<'],
  ['gt', '>'],
])
