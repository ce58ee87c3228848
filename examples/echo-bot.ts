// Says back what is said to it: node examples/echo-bot.ts http://localhost:8000/r/lobby
// A token, as SNUG_TOKEN, brings its own name; else the bot is called Echo, or what SNUG_NAME says.

import { Room } from './snug-client.ts'
import type { Message } from './snug-events.ts'

const [url] = process.argv.slice(2)
if (url === undefined) throw new Error('Which room? node examples/echo-bot.ts http://localhost:8000/r/lobby')
const { SNUG_TOKEN: token, SNUG_NAME: name = 'Echo' } = process.env
const room = new Room(url, token === undefined ? { name } : { token })

const shutdown = new AbortController()
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => shutdown.abort())

// By its first message it learns what it is called here, and which messages are its own.
let me: Message['author'] | undefined

for await (const event of room.follow({ signal: shutdown.signal })) {
  if (event.kind === 'gap') console.log(`${event.missed ?? 'Some'} messages were missed.`)
  me ??= (await room.post('I say back what begins with @ and my name.')).author
  if (event.kind !== 'posted' || event.author.tag === me.tag) continue
  // An answer calls nobody: two of these bots have nothing to say to each other.
  const call = `@${me.name} `
  if (event.text.startsWith(call)) await room.post(`echo: ${event.text.slice(call.length)}`)
}
