import assert from 'node:assert/strict'
import { browserTests } from '../../support/browser/browser.ts'
import { EmbeddedRoom } from '../../support/browser/embedded-room.ts'
import { HostSite } from '../../support/browser/host-site.ts'
import { eventually } from '../../support/eventually.ts'
import { startServer } from '../../support/http/server.ts'
import { Visitor } from '../../support/http/visitor.ts'

const browserTest = browserTests()

const SANDBOX = 'sandbox="allow-scripts allow-forms"'

const numberedRooms = (count: number) => Array.from({ length: count }, (_, index) => `room-${index}`)

const elements = (url: string, rooms: readonly string[], more = '') =>
  `<script src="${url}/embed.js" async></script>
  <style>snug-room { height: 300px; width: 400px; float: left }</style>
  ${rooms.map((room) => `<snug-room id="${room}" room="${room}" ${more}></snug-room>`).join('')}`

const frames = (url: string, rooms: readonly string[]) =>
  rooms.map((room) => `<iframe id="${room}" src="${url}/embed/${room}" ${SANDBOX}></iframe>`).join('')

// A browser has six connections to one server: seven streams are too many.
const CROWDS = {
  'ten elements': { rooms: numberedRooms(10), html: elements },
  'seven elements in sandboxes': {
    rooms: numberedRooms(7),
    html: (url: string, rooms: readonly string[]) => elements(url, rooms, SANDBOX),
  },
  'seven frames in sandboxes': { rooms: numberedRooms(7), html: frames },
}

for (const [what, { rooms, html }] of Object.entries(CROWDS)) {
  browserTest(`${what} in one page all show new messages, and can all post`, async (t, openPerson) => {
    const server = await startServer(t)
    const { url } = server
    const site = await HostSite.start(t)
    const ada = await openPerson({ viewport: { width: 1000, height: 1600 } })
    await ada.goto(site.servePage('/', html(url, rooms)))
    const embeds = rooms.map((room) => new EmbeddedRoom(ada, `iframe#${room}, #${room} iframe`))
    for (const embed of embeds) await embed.waitForStatus('live', 'polling')
    // Besides the permanent streams, one embed may poll.
    await eventually(async () => assert.ok(server.streams.size <= 5, `${server.streams.size} streams`))
    const ben = new Visitor(url)
    for (const room of rooms) await ben.post(`/r/${room}/messages`, { text: 'hello' })
    await Promise.all(embeds.map((embed) => embed.sees('hello')))
    for (const embed of embeds) {
      await embed.posts('hello back')
      await embed.sees('hello', 'hello back')
    }
  })
}
