import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { chromium } from 'playwright-core'
import { findChromium } from '../../../scripts/chromium.ts'
import { PLAYWRIGHT_ARGS } from '../../support/browser/browser.ts'
import { Person } from '../../support/browser/person.ts'

const BLOCK = 2

/** What somebody lets a browser keep for frames of other sites, or for whatever site: Chromium's own settings. */
const COOKIE_SETTINGS = {
  allowed: { cookie_controls_mode: 0, block_third_party_cookies: false },
  blocked: { cookie_controls_mode: 1, block_third_party_cookies: true },
  'blocked everywhere': {},
} as const

export type CookieSetting = keyof typeof COOKIE_SETTINGS

/** Somebody whose browser is set so, until the test ends; certificates are taken for what they say. */
export async function openWithCookies(
  t: TestContext,
  cookies: CookieSetting,
  scripts: boolean,
): Promise<Person> {
  const folder = await mkdtemp(join(tmpdir(), 'snug-test-'))
  await mkdir(join(folder, 'Default'))
  const profile = {
    ...COOKIE_SETTINGS[cookies],
    default_content_setting_values: {
      ...(cookies === 'blocked everywhere' && { cookies: BLOCK }),
      // Frames of other sites can come up before the browser's tools have switched scripts off in them.
      ...(!scripts && { javascript: BLOCK }),
    },
  }
  await writeFile(join(folder, 'Default', 'Preferences'), JSON.stringify({ profile }))
  const context = await chromium.launchPersistentContext(folder, {
    executablePath: findChromium(),
    args: [...PLAYWRIGHT_ARGS],
    ignoreHTTPSErrors: true,
  })
  t.after(async () => {
    await context.close()
    await rm(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 })
  })
  return Person.open(context, { javaScriptEnabled: scripts })
}
