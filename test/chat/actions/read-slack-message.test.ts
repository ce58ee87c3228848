import assert from 'node:assert/strict'
import { test } from 'node:test'
import { decodeSlackText } from '../../../src/chat/actions/decode-slack-text.ts'
import { readSlackMessage } from '../../../src/chat/actions/read-slack-message.ts'

const mrkdwn = (text: string) => ({ type: 'mrkdwn', text })
const section = (text: string) => ({ type: 'section', text: mrkdwn(text) })

test('a text of Slack’s own comes before attachments and blocks', () => {
  assert.equal(readSlackMessage({ text: '  as typed', attachments: [{ text: 'more' }] }), '  as typed')
  for (const text of [undefined, null, '', ' \n', 7, {}])
    assert.equal(readSlackMessage({ text, attachments: [{ text: 'more' }] }), 'more')
})

test('without these, the fields that other services use for a text are read', () => {
  const grafana = {
    title: '[FIRING:1] CPU',
    state: 'alerting',
    message: '**Firing** A=97',
    alerts: [{ status: 'firing' }],
  }
  assert.equal(readSlackMessage(grafana), '[FIRING:1] CPU\n**Firing** A=97')
  assert.equal(readSlackMessage({ content: 'from Discord’s format', embeds: [] }), 'from Discord’s format')
  const embeds = [{ title: 'Deploy', url: 'https://ci.test', description: 'done' }]
  assert.equal(readSlackMessage({ content: '', embeds }), 'Deploy (https://ci.test)\ndone')
  assert.equal(readSlackMessage({ '@type': 'MessageCard', summary: 'Build failed' }), 'Build failed')
  assert.equal(readSlackMessage({ title: 'Build failed', text: 'in 3 s' }), 'in 3 s')
  const alerts = [
    { status: 'firing', labels: { alertname: 'DiskFull' }, annotations: { summary: 'Disk at 97 %' } },
    { status: 'resolved', labels: { alertname: 'Up' }, annotations: {} },
    { status: 'firing', labels: {}, annotations: { description: 'nobody knows' } },
  ]
  assert.equal(
    readSlackMessage({ version: '4', receiver: 'ops', status: 'firing', alerts }),
    'firing: DiskFull: Disk at 97 %\nresolved: Up\nfiring: nobody knows',
  )
  for (const odd of [{ title: {}, message: 7, embeds: 'x', alerts: [7, null, { labels: 'x' }] }])
    assert.equal(readSlackMessage(odd), undefined)
})

test('an attachment is read as pretext, title, text and fields, and only without these as its fallback', () => {
  const all = {
    pretext: 'Alert',
    author_name: 'Grafana',
    title: 'CPU &gt; 90 %',
    title_link: 'https://grafana.test/d/1',
    text: '<https://grafana.test|web-1>',
    fields: [{ title: 'Severity', value: 'high', short: true }, { title: 'Team' }, 'odd'],
    fallback: 'not shown',
    footer: 'Grafana v12',
  }
  const lines = [
    'Alert',
    'Grafana',
    'CPU > 90 % (https://grafana.test/d/1)',
    'web-1 (https://grafana.test)',
    'Severity: high',
    'Team',
  ]
  assert.equal(
    readSlackMessage({ attachments: [all, { fallback: 'second' }] }),
    [...lines, 'second'].join('\n'),
  )
  assert.equal(readSlackMessage({ attachments: [{ blocks: [section('inside')] }] }), 'inside')
  // Forms have lists as text.
  assert.equal(readSlackMessage({ text: '', attachments: '[{"title":"by form"}]' }), 'by form')
})

test('the text of each kind of block is read', () => {
  for (const [block, text] of [
    [section('*bold* &amp; more'), '*bold* & more'],
    [{ type: 'header', text: { type: 'plain_text', text: 'Deploy' } }, 'Deploy'],
    [{ type: 'section', fields: [mrkdwn('a'), mrkdwn('b')] }, 'a\nb'],
    [
      {
        ...section('x'),
        accessory: { type: 'button', text: { type: 'plain_text', text: 'Open' }, url: 'https://a.test' },
      },
      'x\nOpen (https://a.test)',
    ],
    [
      {
        type: 'context',
        elements: [{ type: 'image', alt_text: 'ok', image_url: 'https://a.test/i' }, mrkdwn('by ada')],
      },
      'ok by ada',
    ],
    [
      {
        type: 'actions',
        elements: [{ type: 'button', text: { type: 'plain_text', text: 'Approve' }, value: '1' }],
      },
      'Approve',
    ],
    [
      { type: 'image', title: { type: 'plain_text', text: 'Plot' }, image_url: 'https://a.test/p.png' },
      'Plot (https://a.test/p.png)',
    ],
    [{ type: 'markdown', text: '**all**' }, '**all**'],
    [{ type: 'divider' }, undefined],
    [
      {
        type: 'table',
        rows: [
          [
            { type: 'raw_text', text: 'a' },
            { type: 'raw_text', text: 'b' },
          ],
        ],
      },
      'a | b',
    ],
    [
      {
        type: 'rich_text',
        elements: [
          {
            type: 'rich_text_section',
            elements: [
              { type: 'text', text: 'a &amp; ' },
              { type: 'link', url: 'https://a.test', text: 'b' },
              { type: 'emoji', name: 'tea', unicode: '1f375' },
              { type: 'broadcast', range: 'here' },
            ],
          },
          {
            type: 'rich_text_list',
            style: 'ordered',
            elements: [{ type: 'rich_text_section', elements: [{ type: 'text', text: 'one' }] }],
          },
          { type: 'rich_text_preformatted', elements: [{ type: 'text', text: 'rm -rf build\nmake' }] },
          { type: 'rich_text_quote', elements: [{ type: 'text', text: 'said\ntwice' }] },
        ],
      },
      'a &amp; b (https://a.test)🍵@here\n1. one\n```\nrm -rf build\nmake\n```\n> said\n> twice',
    ],
  ] as const)
    assert.equal(readSlackMessage({ blocks: [block] }), text, JSON.stringify(block))
})

test('what is no message has no text', () => {
  for (const value of [
    undefined,
    null,
    'text',
    7,
    [],
    {},
    { blocks: {} },
    { attachments: 'odd' },
    { blocks: [null, 7, []] },
    { attachments: [{ title: {}, fields: [[]], title_link: 7 }] },
    { blocks: [{ type: 'rich_text', elements: [{ elements: [{ type: 'emoji', unicode: 'zz-1' }] }] }] },
  ])
    assert.ok(!readSlackMessage(value), JSON.stringify(value))
})

test('mentions, dates and links of Slack become what a reader sees there', () => {
  for (const [slack, text] of [
    ['<!here> <!channel|channel> &lt;!here&gt;', '@here @channel <!here>'],
    ['<@U012AB3CD|ada> <@U012AB3CD> <#C024BE7LR|tea> <!subteam^S1|@ops>', '@ada @U012AB3CD #tea @ops'],
    ['<!date^1392734382^{date}|18 February>', '18 February'],
    ['<!DOCTYPE html> a<b> <#foo> <@bar>', '<!DOCTYPE html> a<b> <#foo> <@bar>'],
    ['<mailto:ada@a.test|ada@a.test>', 'ada@a.test'],
  ] as const)
    assert.equal(decodeSlackText(slack), text)
})
