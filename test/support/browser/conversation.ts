import type { Person } from './person.ts'

/** What people say: short and long, wider than any screen, code, links, from right to left, nothing but emoji. */
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

/** Two people talk, in turns of two; resolves when each has seen all. */
export async function converse(one: Person, other: Person, sayings = SAMPLE_TEXTS): Promise<void> {
  for (const [turn, saying] of sayings.entries()) {
    const speaker = turn % 4 < 2 ? one : other
    await speaker.posts(saying)
    for (const person of [one, other]) await person.messages.nth(turn).waitFor({ state: 'attached' })
  }
}
