import assert from 'node:assert/strict'
import { test } from 'node:test'
import { NO_LIMITS } from '../../../src/config/limit-flags.ts'
import { startServer } from '../../support/http/server.ts'
import { addToken } from '../../support/http/tokens.ts'
import { Visitor } from '../../support/http/visitor.ts'

const FORM = 'application/x-www-form-urlencoded'

test('a webhook accepts Slack’s format, as JSON and as the payload of a form, and answers like Slack', async (t) => {
  const server = await startServer(t)
  const secret = await addToken(server, 'tea')
  const reader = await new Visitor(server.url).follow('/r/tea/live.json')
  await reader.next(({ event }) => event === 'open')
  const hook = (body: string, type: string, headers: Record<string, string> = {}) =>
    fetch(`${server.url}/r/tea/hook/${secret}`, {
      method: 'POST',
      body,
      headers: { 'Content-Type': type, ...headers },
    })
  const slack = '<https://ci.test/7|Build 7> &lt;main&gt; &amp; <https://ci.test>'
  const cookie = { Cookie: 'snug=x', Origin: 'https://elsewhere.test' }
  for (const answer of [
    await hook(JSON.stringify({ text: slack, username: 'ci', icon_emoji: ':x:' }), 'application/json'),
    await hook(`payload=${encodeURIComponent('{"text":"as a payload"}')}`, FORM),
    await hook('text=as+a+form', FORM, cookie),
  ]) {
    assert.equal(answer.status, 200)
    assert.match(answer.headers.get('Content-Type') ?? '', /^text\/plain/)
    assert.equal(await answer.text(), 'ok')
    assert.deepEqual(answer.headers.getSetCookie(), [])
  }
  await reader.next(({ data }) => data.includes('as a form'))
  const posted = reader.events.flatMap(({ data }) => {
    const { kind, text, author } = JSON.parse(data || '{}')
    return kind === 'posted' ? [[text, author.name, author.verified]] : []
  })
  assert.deepEqual(posted, [
    ['Build 7 (https://ci.test/7) <main> & https://ci.test', 'Weather Bot', true],
    ['as a payload', 'Weather Bot', true],
    ['as a form', 'Weather Bot', true],
  ])
  await reader.close()
})

test('a webhook reads what programs send as JSON with another content type, and with nested fields', async (t) => {
  const server = await startServer(t)
  const secret = await addToken(server, 'tea')
  const reader = await new Visitor(server.url).follow('/r/tea/live.json')
  await reader.next(({ event }) => event === 'open')
  // As Alertmanager's Slack receiver sends it.
  const alert = {
    channel: '#ops',
    username: 'Alertmanager',
    attachments: [
      {
        title: '[FIRING:1] DiskFull (web-1 &amp; web-2)',
        title_link: 'https://alerts.test/#/alerts?receiver=ops',
        text: 'Disk is at 97 %',
        fallback: '[FIRING:1] DiskFull | https://alerts.test/#/alerts?receiver=ops',
        callback_id: '',
        footer: '',
        color: 'danger',
        mrkdwn_in: ['fallback', 'pretext', 'text'],
      },
    ],
  }
  const text =
    '[FIRING:1] DiskFull (web-1 & web-2) (https://alerts.test/#/alerts?receiver=ops)\nDisk is at 97 %'
  const form = { payload: JSON.stringify(alert) }
  const json = JSON.stringify(alert)
  for (const [body, type] of [
    [json, 'application/json; charset=utf-8'],
    [json, 'text/plain'],
    [` ${json}\n`, 'text/plain;charset=UTF-8'],
    // What curl -d sends.
    [json, FORM],
    [json, 'text/json'],
    [json, ''],
    [new URLSearchParams(form).toString(), FORM],
  ] as const) {
    const answer = await fetch(`${server.url}/r/tea/hook/${secret}`, {
      method: 'POST',
      body: Buffer.from(body),
      headers: type === '' ? {} : { 'Content-Type': type },
    })
    assert.deepEqual([answer.status, await answer.text()], [200, 'ok'], type)
    const { data } = await reader.next(({ data }) => data.includes('"posted"'))
    assert.equal(JSON.parse(data).text, text, type)
  }
  const plain = await fetch(`${server.url}/r/tea/hook/${secret}`, { method: 'POST', body: '{done}: build 7' })
  assert.equal(plain.status, 200)
  await reader.next(({ data }) => data.includes('"{done}: build 7"'))
  await reader.close()
})

test('a webhook refuses in plain text, whatever the Accept header', async (t) => {
  const post = { member: { count: 1, windowMs: 60_000 }, address: undefined }
  const server = await startServer(t, { limits: { ...NO_LIMITS, post } })
  const secret = await addToken(server, 'tea')
  const expectAnswer = async (
    token: string,
    body: string,
    type: string,
    status: number,
    sentence: RegExp,
  ) => {
    const answer = await fetch(`${server.url}/r/tea/hook/${token}`, {
      method: 'POST',
      body,
      headers: { 'Content-Type': type, Accept: 'application/json' },
    })
    assert.equal(answer.status, status)
    assert.match(answer.headers.get('Content-Type') ?? '', /^text\/plain/)
    assert.match(await answer.text(), sentence)
    return answer
  }
  await expectAnswer(
    'snug_wrong',
    '{"text":"x"}',
    'application/json',
    404,
    /There is no hook at this address/,
  )
  await expectAnswer(secret, '{', 'application/json', 422, /not JSON/)
  await expectAnswer(secret, 'payload={', FORM, 422, /payload is not JSON/)
  await expectAnswer(
    secret,
    '{"blocks":[]}',
    'application/json',
    422,
    /needs a field named text, or attachments/,
  )
  await expectAnswer(secret, 'payload=[]', FORM, 422, /needs a field named text, or attachments/)
  await expectAnswer(secret, '<text/>', 'text/xml', 415, /Send a form/)
  await expectAnswer(secret, 'text=fits', FORM, 200, /^ok$/)
  const slower = await expectAnswer(secret, 'text=too+fast', FORM, 429, /too many messages/)
  assert.ok(Number(slower.headers.get('Retry-After')) > 0)
})
