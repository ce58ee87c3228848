import assert from 'node:assert/strict'
import { browserTests } from '../../support/browser/browser.ts'
import type { Person } from '../../support/browser/person.ts'
import { eventually } from '../../support/eventually.ts'
import { startServer } from '../../support/http/server.ts'

const browserTest = browserTests()

const PAINT_MAX_MS = 100

/** On a busy machine the limit is the time of this many bare requests. */
const REQUESTS_MAX = 3

const POSTS = 10
const BATCHES = 3

// From the time of the key press to the second frame after the message came by the stream: the first is then painted.
const RECORD_PAINTS = `globalThis.painted = []
addEventListener('keydown', (event) => { if (event.key === 'Enter') globalThis.pressed = event.timeStamp }, true)
new MutationObserver((changes) => {
  const came = changes.flatMap(({ addedNodes }) => [...addedNodes]).filter((node) => node.matches?.('.message[id]'))
  const { pressed } = globalThis
  for (const _ of came) {
    requestAnimationFrame(() => requestAnimationFrame(() => painted.push(performance.now() - pressed)))
  }
}).observe(document.getElementById('log'), { childList: true })`

// The same for a request that does nothing.
const TIME_REQUESTS = `(async () => {
  const times = []
  while (times.length < ${POSTS}) {
    const began = performance.now()
    await fetch('/healthz')
    for (let frame = 0; frame < 2; frame++) await new Promise(requestAnimationFrame)
    times.push(performance.now() - began)
  }
  return times
})()`

const median = (times: readonly number[]) => times.toSorted((a, b) => a - b)[times.length >> 1] ?? 0

/** Milliseconds from Enter to the painted message, of each post of a batch. */
async function timePosts(ada: Person, batch: number): Promise<number[]> {
  for (let n = 0; n < POSTS; n++) {
    await ada.posts(`${batch}.${n}`)
    await ada.messages.nth(batch * POSTS + n).waitFor()
  }
  await eventually(async () => assert.equal(await ada.page.evaluate('painted.length'), POSTS))
  return ada.page.evaluate<number[]>('painted.splice(0)')
}

browserTest('a posted message is painted at once', async (t, openPerson) => {
  const { url } = await startServer(t)
  const ada = await openPerson()
  await ada.enter(`${url}/r/tea`)
  await ada.page.evaluate(RECORD_PAINTS)
  const batches: { post: number; request: number }[] = []
  for (let batch = 0; batch < BATCHES; batch++) {
    const post = median(await timePosts(ada, batch))
    const request = median(await ada.page.evaluate<number[]>(TIME_REQUESTS))
    t.diagnostic(
      `medians: ${post.toFixed()} ms from Enter to paint, ${request.toFixed()} ms for a bare request`,
    )
    batches.push({ post, request })
  }
  // The best of several batches: the machine may be busy during one of them.
  const isFast = ({ post, request }: { post: number; request: number }) =>
    post < Math.max(PAINT_MAX_MS, REQUESTS_MAX * request)
  assert.ok(batches.some(isFast), JSON.stringify(batches))
})
