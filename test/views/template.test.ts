import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isStringOneByteRepresentation } from 'node:v8'
import fc from 'fast-check'
import { escapeHtml, TemplateCache, template } from '../../views/template.ts'

test('a value is written as its place wants it: escaped, as a part of an address, or as it is', () => {
  const filled = template(
    ['room', 'body'],
    ({ room, body }) =>
      `<a title="${room}" href="/r/${encodeURIComponent(room)}?in=${encodeURIComponent(room)}">${room}…</a>${body}`,
  )
  assert.equal(
    filled.fill({ room: `a"b&c/ü`, body: { html: '<p>hi</p>' } }),
    '<a title="a&quot;b&amp;c/ü" href="/r/a%22b%26c%2F%C3%BC?in=a%22b%26c%2F%C3%BC">a&quot;b&amp;c/ü&#8230;</a><p>hi</p>',
  )
})

test('whatever the values say, none of them is taken for a place', () => {
  const filled = template(['one', 'two'], ({ one, two }) => `<b>${one}</b><i>${two}</i>`)
  fc.assert(
    fc.property(
      fc.string({ unit: fc.constantFrom('\ue000', '\ue001', '0', '1', '%EE%80%80', '<', '$&') }),
      fc.string(),
      (one, two) => {
        assert.equal(filled.fill({ one, two }), `<b>${escapeHtml(one)}</b><i>${escapeHtml(two)}</i>`)
      },
    ),
  )
})

test('each shape is rendered once, and of many not more are kept than there may be', () => {
  const rendered: string[] = []
  const shapes = new TemplateCache<'name'>(2)
  const fill = (shape: string) =>
    shapes
      .getOrCreate(shape, () => {
        rendered.push(shape)
        return template(['name'], ({ name }) => `${shape} ${name}`)
      })
      .fill({ name: 'Ada' })
  assert.deepEqual(['a', 'b', 'a', 'c', 'a'].map(fill), ['a Ada', 'b Ada', 'a Ada', 'c Ada', 'a Ada'])
  assert.deepEqual(rendered, ['a', 'b', 'c', 'a'])
})

test('what is known of a template is filled in once, and the same comes of it', () => {
  const whole = template(
    ['room', 'name', 'body'],
    ({ room, name, body }) =>
      `${room}<b title="${name}">${room}</b><a href="/${encodeURIComponent(room)}/${encodeURIComponent(name)}">${body}`,
  )
  fc.assert(
    fc.property(fc.string(), fc.string(), fc.string(), (room, name, html) => {
      const expected = whole.fill({ room, name, body: { html } })
      assert.equal(whole.fillSome({ room }).fill({ name, body: { html } }), expected)
      assert.equal(whole.fillSome({ name }).fill({ room, body: { html } }), expected)
      assert.equal(whole.fillSome({ body: { html } }).fillSome({ name }).fill({ room }), expected)
    }),
  )
})

test('what a template wrote itself leaves a page in the form that is sent soonest', () => {
  const filled = template(['name'], ({ name }) => `<p title="·">…${name}·</p>—`)
  assert.ok(isStringOneByteRepresentation(filled.fill({ name: 'Ada' })))
})
