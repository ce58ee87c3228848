import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { chromium } from 'playwright-core'
import { findChromium } from '../../../scripts/chromium.ts'
import { PLAYWRIGHT_ARGS } from '../../support/browser/browser.ts'
import { Person } from '../../support/browser/person.ts'

const BLOCK = 2

/** The settings of Chromium for cookies of frames from other sites, or of all sites. */
const COOKIE_SETTINGS = {
  allowed: { cookie_controls_mode: 0, block_third_party_cookies: false },
  blocked: { cookie_controls_mode: 1, block_third_party_cookies: true },
  'blocked everywhere': {},
} as const

export type CookieSetting = keyof typeof COOKIE_SETTINGS

/** Opens a browser with these settings, until the test ends. It accepts self-signed certificates. */
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
      // Not through Playwright: a frame from another site may load before Playwright switches its scripts off.
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
