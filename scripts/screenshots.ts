// Takes the screenshots in docs/screenshots/ with Chromium, of the built dist/snug.cjs.

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core'
import { findChromium } from './chromium.ts'

const ROOT = join(import.meta.dirname, '..')
const GALLERY = join(ROOT, 'docs', 'screenshots')

const DESKTOP = { viewport: { width: 1280, height: 800 } }
const PHONE = { viewport: { width: 360, height: 740 }, deviceScaleFactor: 2, hasTouch: true, isMobile: true }
const DARK = { colorScheme: 'dark' } as const

const CONVERSATION = [
  'Has anybody seen the blue kettle?',
  'It is on the *upper* shelf, behind the teapots.',
  'Found it. Tea in ten minutes!',
  'I’ll bring the cake: https://example.org/lemon-drizzle',
  '**Two** slices for me, please',
  'Who else is coming?',
]
const CODE =
  '```\nfor (const guest of guests) {\n  await pour(guest, { milk: guest.likesMilk, sugar: 2 })\n}\n```'
const HEBREW = [
  'שלום לכולם, מה שלומכם?',
  'הכול בסדר, תודה! נפגשים ב-17:00',
  'مرحبا من القاهرة',
  'See you there',
]

async function captureGallery(url: string, browser: Browser): Promise<void> {
  const open = async (path: string, options: BrowserContextOptions): Promise<Page> => {
    const page = await (await browser.newContext(options)).newPage()
    await page.goto(url + path, { waitUntil: options.javaScriptEnabled === false ? 'commit' : 'load' })
    return page
  }
  const enter = async (path: string, options: BrowserContextOptions): Promise<Page> => {
    const page = await open(path, options)
    await page.locator('#status[data-state=live]').waitFor()
    return page
  }
  const save = (page: Page, name: string) =>
    page.screenshot({ animations: 'disabled', path: join(GALLERY, `${name}.png`) })
  const post = async (page: Page, text: string) => {
    const before = await page.locator('.log .message[id]').count()
    await page.fill('#text', text)
    await page.click('.composer > button')
    await page.locator('.log .message[id]').nth(before).waitFor()
  }

  await save(await open('/', DESKTOP), 'home')
  await save(await open('/nothing-here', DESKTOP), 'error')
  await save(await enter('/r/empty', DESKTOP), 'empty-room')

  const ada = await enter('/r/tea-at-five', DESKTOP)
  const ben = await enter('/r/tea-at-five', { ...PHONE, ...DARK })
  const plain = await open('/r/tea-at-five', { ...PHONE, javaScriptEnabled: false })
  await plain.frameLocator('iframe.log-frame').locator('.notice').first().waitFor()
  for (const [turn, text] of CONVERSATION.entries()) await post(turn % 3 === 0 ? ben : ada, text)
  await plain.frameLocator('iframe.composer-frame').locator('#text').waitFor()
  await plain
    .frameLocator('iframe.log-frame')
    .locator('.message')
    .nth(CONVERSATION.length - 1)
    .waitFor()
  await save(ada, 'busy-room')
  await save(ben, 'phone-dark')
  await save(plain, 'no-script')
  await ada.click('.share > summary')
  await ada.locator('.qr').evaluate((image) => (image as unknown as { decode(): Promise<void> }).decode())
  await save(ada, 'share')

  const coder = await enter('/r/code', { ...DESKTOP, ...DARK })
  await post(coder, 'Here is how it goes, with `pour` as before:')
  await post(coder, CODE)
  await save(coder, 'code')
  const left = await enter('/r/rtl', PHONE)
  for (const text of HEBREW) await post(left, text)
  await save(left, 'right-to-left')
  await left.context().setOffline(true)
  await left.fill('#text', 'Am I still here?')
  await left.click('.composer > button')
  await left.locator('#refusal').waitFor()
  await save(left, 'offline')
}

async function takeScreenshots(): Promise<void> {
  await mkdir(GALLERY, { recursive: true })
  const snug = spawn(process.execPath, [join(ROOT, 'dist', 'snug.cjs'), '--port', '0'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const sandbox = process.getuid?.() === 0 ? ['--no-sandbox'] : []
  const browser = await chromium.launch({
    executablePath: findChromium(),
    args: ['--disable-gpu', ...sandbox],
  })
  try {
    const [printed] = (await once(snug.stdout, 'data')) as [Buffer]
    const url = /http:\S+/.exec(printed.toString())?.[0]
    if (url === undefined) throw new Error('Snug printed no link')
    await captureGallery(url, browser)
  } finally {
    await browser.close()
    snug.kill()
  }
}

await takeScreenshots()
