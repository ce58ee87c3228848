import type { Person } from './person.ts'

/** Messages that are short, long, wider than any screen, code, a link, written from right to left, or only an emoji. */
export const SAMPLE_TEXTS = [
  'Has anybody seen the blue kettle?',
  'w'.repeat(300),
  `https://example.org/${'path/'.repeat(40)}`,
  `\`\`\`\n${'a line of code '.repeat(20)}\n\`\`\``,
  `\`${'x'.repeat(200)}\``,
  'שלום לכולם, מה שלומכם?',
  '🫖',
  'Tea in ten minutes, on the *upper* floor.',
]

/** Two people post in turns, two messages each. Resolves when both see all messages. */
export async function converse(one: Person, other: Person, texts = SAMPLE_TEXTS): Promise<void> {
  for (const [turn, text] of texts.entries()) {
    const author = turn % 4 < 2 ? one : other
    await author.posts(text)
    for (const person of [one, other]) await person.messages.nth(turn).waitFor({ state: 'attached' })
  }
}
