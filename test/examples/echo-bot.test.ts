import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { Room } from '../../examples/snug-client.ts'
import { eventually } from '../support/eventually.ts'
import { CuttingProxy } from '../support/http/cutting-proxy.ts'
import { RoomFollower } from '../support/http/room-follower.ts'
import { startServer } from '../support/http/server.ts'
import { addToken } from '../support/http/tokens.ts'

const BOT = join(import.meta.dirname, '..', '..', 'examples', 'echo-bot.ts')
const HELLO = 'I repeat what begins with @ and my name.'

/**
 * Starts the bot with the command in its first line.
 * @returns ends the bot with a signal, and resolves with its exit code
 */
function startBot(
  t: TestContext,
  url: string,
  env: Readonly<Record<string, string>>,
): () => Promise<number | null> {
  const bot = spawn(process.execPath, [BOT, url], {
    env: { ...env },
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  const exited = once(bot, 'exit')
  t.after(async () => {
    bot.kill('SIGKILL')
    await exited
  })
  return async () => {
    bot.kill('SIGTERM')
    return (await exited)[0]
  }
}

test('the bot repeats what is addressed to it, and answers neither itself nor another bot', async (t) => {
  const { url } = await startServer(t)
  const proxy = await CuttingProxy.start(t, url)
  const ada = new Room(`${url}/r/tea`, { name: 'Ada' })
  const follower = new RoomFollower(t, ada)
  await follower.waitForOpen()
  const stop = startBot(t, `${proxy.url}/r/tea`, { SNUG_NAME: 'Echo' })
  await follower.sees(HELLO)
  startBot(t, `${url}/r/tea`, { SNUG_NAME: 'Parrot' })
  await follower.sees(HELLO, HELLO)
  const expected = [HELLO, HELLO]
  const says = async (text: string, reply?: string) => {
    await ada.post(text)
    expected.push(text, ...(reply === undefined ? [] : [reply]))
    await follower.sees(...expected)
  }
  await says('Hello?')
  await says('@Echo hi', 'echo: hi')
  await says('@Echo @Parrot hi', 'echo: @Parrot hi')
  await says('echo: @Parrot hi')
  await says('I like @Echo most')
  proxy.cut()
  await says('@Echo back so soon?\nReally?', 'echo: back so soon?\nReally?')
  await says('@Parrot hi', 'echo: hi')
  await eventually(async () => assert.equal(await stop(), 0))
})

test('with a token the bot has the name of the token', async (t) => {
  const server = await startServer(t)
  const follower = new RoomFollower(t, new Room(`${server.url}/r/tea`, { name: 'Ada' }))
  await follower.waitForOpen()
  startBot(t, `${server.url}/r/tea`, { SNUG_TOKEN: await addToken(server, 'tea') })
  await follower.sees(HELLO)
  await new Room(`${server.url}/r/tea`).post('@Weather Bot rain?')
  await follower.sees(HELLO, '@Weather Bot rain?', 'echo: rain?')
  const [first, , last] = follower.eventsOf('posted')
  assert.deepEqual(last?.author, { ...first?.author, name: 'Weather Bot', verified: true })
})
