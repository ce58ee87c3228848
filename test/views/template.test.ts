import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isStringOneByteRepresentation } from 'node:v8'
import fc from 'fast-check'
import { escapeHtml, TemplateCache, template } from '../../views/template.ts'

test('a value is filled in as its slot needs it: escaped, percent-encoded, or as it is', () => {
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

test('no value is mistaken for a slot', () => {
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

test('each variant is rendered once, and the cache stays within its bound', () => {
  const rendered: string[] = []
  const cache = new TemplateCache<'name'>(2)
  const fill = (variant: string) =>
    cache
      .getOrCreate(variant, () => {
        rendered.push(variant)
        return template(['name'], ({ name }) => `${variant} ${name}`)
      })
      .fill({ name: 'Ada' })
  assert.deepEqual(['a', 'b', 'a', 'c', 'a'].map(fill), ['a Ada', 'b Ada', 'a Ada', 'c Ada', 'a Ada'])
  assert.deepEqual(rendered, ['a', 'b', 'c', 'a'])
})

test('filling some slots first gives the same HTML', () => {
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

test('a filled template is stored in one byte per character', () => {
  const filled = template(['name'], ({ name }) => `<p title="·">…${name}·</p>—`)
  assert.ok(isStringOneByteRepresentation(filled.fill({ name: 'Ada' })))
})
