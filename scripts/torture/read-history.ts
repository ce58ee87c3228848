import type { StoredMessage } from './acknowledgement-log.ts'

/** Reads all messages of a kept room page by page, oldest first. */
export async function readHistory(url: string, room: string): Promise<StoredMessage[]> {
  const history: StoredMessage[] = []
  for (let before: string | null = ''; before !== null; ) {
    const query = before === '' ? '' : `&before=${before}`
    const response = await fetch(`${url}/r/${room}/messages?limit=100${query}`, {
      headers: { Accept: 'application/json' },
    })
    const page = (await response.json()) as { messages: StoredMessage[]; before: string | null }
    history.unshift(...page.messages)
    before = page.before
  }
  return history
}
