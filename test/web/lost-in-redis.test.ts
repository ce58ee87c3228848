import { test } from 'node:test'
import { parseDraft } from '../../src/chat/message.ts'
import { ADA, AUTHOR } from '../support/events.ts'
import { createKeptRoom } from '../support/http/server.ts'
import { SseReader } from '../support/http/sse-reader.ts'
import { RedisServer } from '../support/redis/redis-server.ts'
import { startServerPair } from '../support/redis/server-pair.ts'
import { within } from '../support/within.ts'

test('P8: a reader of a kept room gets a message lost in pub/sub within six seconds, even if it is the first', async (t) => {
  const redisServer = await RedisServer.start(t)
  const [one, two] = await startServerPair(t, redisServer)
  const room = await createKeptRoom(one, 'tea')
  const reader = await SseReader.open(`${two.url}/r/tea/live.json`)
  t.after(() => reader.close())
  await redisServer.command('CLIENT', 'KILL', 'TYPE', 'pubsub')
  await one.chat.store.append(room, ADA, AUTHOR, parseDraft({ text: 'lost on its way' }))
  await within(
    6_000,
    reader.next(({ data }) => data.includes('lost on its way')),
  )
})
