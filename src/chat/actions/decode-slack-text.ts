/**
 * Decodes text from API clients made for Slack's incoming webhooks: links, `<address|label>`, and the three escapes
 * (https://docs.slack.dev/messaging/formatting-message-text). Everything else stays as it is.
 */
export function decodeSlackText(text: string): string {
  return text
    .replace(/<((?:https?|mailto):[^|<>\s]+)(?:\|([^<>]*))?>/g, (_all, address: string, label?: string) =>
      label === undefined || label === '' || label === address ? address : `${label} (${address})`,
    )
    .replace(/&(amp|lt|gt);/g, (_all, name: string) => ESCAPES.get(name) ?? '')
}

const ESCAPES = new Map([
  ['amp', '&'],
  ['lt', '<'],
  ['gt', '>'],
])
