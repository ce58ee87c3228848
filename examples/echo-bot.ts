// A bot that repeats what is addressed to it: node examples/echo-bot.ts http://localhost:8000/r/lobby
// With SNUG_TOKEN, the bot has the name of the token. Otherwise SNUG_NAME is its name, or Echo.

import { Room } from './snug-client.ts'
import type { Message } from './snug-events.ts'

const [url] = process.argv.slice(2)
if (url === undefined) throw new Error('Which room? node examples/echo-bot.ts http://localhost:8000/r/lobby')
const { SNUG_TOKEN: token, SNUG_NAME: name = 'Echo' } = process.env
const room = new Room(url, token === undefined ? { name } : { token })

const shutdown = new AbortController()
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => shutdown.abort())

// The name and tag of the bot in this room: the response to its first post has them.
let me: Message['author'] | undefined

for await (const event of room.follow({ signal: shutdown.signal })) {
  if (event.kind === 'gap') console.log(`${event.missed ?? 'Some'} messages were missed.`)
  me ??= (await room.post('I repeat what begins with @ and my name.')).author
  if (event.kind !== 'posted' || event.author.tag === me.tag) continue
  // A reply begins with “echo: ”, never with a name, so that two bots don't answer each other forever.
  const prefix = `@${me.name} `
  if (event.text.startsWith(prefix)) await room.post(`echo: ${event.text.slice(prefix.length)}`)
}
