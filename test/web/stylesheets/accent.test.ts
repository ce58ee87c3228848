import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { accentSheet } from '../../../src/web/stylesheets/accent.ts'
import { startServer } from '../../support/http/server.ts'

/** The contrast ratio (WCAG 2.2) of two colours like #336699. */
function contrast(one: string, other: string): number {
  const luminance = (colour: string) =>
    [0.2126, 0.7152, 0.0722].reduce((sum, share, index) => {
      const part = Number.parseInt(colour.slice(1 + 2 * index, 3 + 2 * index), 16) / 255
      return sum + share * (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4)
    }, 0)
  const [darker = 0, lighter = 0] = [luminance(one), luminance(other)].sort((a, b) => a - b)
  return (lighter + 0.05) / (darker + 0.05)
}

test('text in or on any accent colour is readable', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 0xffffff }), (value) => {
      const accent = value.toString(16).padStart(6, '0')
      const sheet = accentSheet(accent)
      const colours = (name: string) =>
        [...(sheet.match(`--${name}:([^;}]+)`)?.[1] ?? '').matchAll(/#\w{6}/g)].map(String)
      const [light = '', dark = ''] = colours('accent')
      const [onLight = '', onDark = ''] = colours('on-accent')
      const [own = ''] = colours('own-background')
      const [text = ''] = colours('own-text')
      assert.equal(own, `#${accent}`)
      for (const background of ['#fbf8f4', '#ffffff'])
        assert.ok(contrast(light, background) >= 4.5, `${light} on ${background}`)
      for (const background of ['#191614', '#262220'])
        assert.ok(contrast(dark, background) >= 4.5, `${dark} on ${background}`)
      assert.ok(contrast(light, onLight) >= 4.5)
      assert.ok(contrast(dark, onDark) >= 4.5)
      assert.ok(contrast(own, text) >= 4.5)
    }),
  )
})

test('an accent colour is six hexadecimal digits, and its style sheet is immutable', async (t) => {
  const { url } = await startServer(t)
  const sheet = await fetch(`${url}/accent/336699.css`)
  assert.equal(sheet.headers.get('Content-Type'), 'text/css; charset=utf-8')
  assert.match(sheet.headers.get('Cache-Control') ?? '', /immutable/)
  assert.match(await sheet.text(), /--own-background:#336699/)
  for (const odd of ['33669', '3366999', 'zzzzzz', '336699}body{', 'AABBCC'])
    assert.equal((await fetch(`${url}/accent/${encodeURIComponent(odd)}.css`)).status, 404, odd)
})
