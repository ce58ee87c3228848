// Subscribes to a sharded channel and prints the arrival time of each message, in nanoseconds of the monotonic clock
// that all processes of a machine share.
//
//   node bare-subscriber.ts URL CHANNEL

import { createClient } from '@redis/client'

process.stdin.on('end', () => process.exit()).resume()
const [url = '', channel = ''] = process.argv.slice(2)
const client = createClient({ url })
await client.connect()
await client.sSubscribe(channel, () => {
  const at = process.hrtime.bigint()
  process.stdout.write(`${at}\n`)
})
process.stdout.write('subscribed\n')
