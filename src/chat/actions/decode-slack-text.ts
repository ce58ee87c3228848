/**
 * Decodes text from API clients made for Slack's incoming webhooks: links, `<address|label>`, mentions and dates,
 * `<!here>`, `<@U12|ada>`, `<#C1|tea>`, `<!date^…|noon>`, and the three escapes
 * (https://docs.slack.dev/messaging/formatting-message-text). Everything else stays as it is.
 */
export function decodeSlackText(text: string): string {
  return text
    .replace(/<((?:https?|mailto):[^|<>\s]+)(?:\|([^<>]*))?>/g, (_all, address: string, label?: string) =>
      label === undefined || label === '' || label === address || `mailto:${label}` === address
        ? label || address
        : `${label} (${address})`,
    )
    .replace(
      /<([@#])([UWC][A-Z0-9]+)(?:\|([^<>\n]*))?>/g,
      (_all, sign: string, id: string, label?: string) =>
        label?.startsWith(sign) ? label : `${sign}${label || id}`,
    )
    .replace(/<!(here|channel|everyone)(?:\|[^<>\n]*)?>/g, '@$1')
    .replace(/<!(?:date|subteam)\^[^|<>\n]*\|([^<>\n]*)>/g, '$1')
    .replace(/&(amp|lt|gt);/g, (_all, name: string) => ESCAPES.get(name) ?? '')
}

const ESCAPES = new Map([
  ['amp', '&'],
  ['lt', '<'],
  ['gt', '>'],
])
