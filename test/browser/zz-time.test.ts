import { execSync } from 'node:child_process'
import { test } from 'node:test'
import { chromium } from 'playwright-core'
import { startServer } from '../support/server.ts'

test('x', async (t) => {
  for (const extra of [
    [],
    [
      '--disable-features=PreloadTopChromeWebUI,PreloadTopChromeWebUILessNavigations,Translate,DestroyProfileOnBrowserClose,DialMediaRouteProvider,MediaRouter,HttpsUpgrades,ThirdPartyStoragePartitioning,PaintHolding,RenderDocument,LensOverlay,AutoDeElevate,WebUIReloadButton,InitialWebUI,WebUIToolbar',
    ],
  ]) {
    const server = await startServer(t)
    const browser = await chromium.launch({
      executablePath: '/usr/bin/chromium',
      args: [
        '--no-sandbox',
        '--disable-gpu',
        '--disable-background-networking',
        '--disable-component-update',
        ...extra,
      ],
    })
    const start = performance.now()
    for (let i = 0; i < 6; i++) {
      const context = await browser.newContext()
      const page = await context.newPage()
      await page.goto(server.url + '/r/x', { waitUntil: 'commit' })
      await page.locator('#status[data-state=live]').waitFor()
      await page.locator('[name=text]').fill('x')
      await page.keyboard.press('Enter')
      await page.locator('.message').waitFor()
      if (i === 5)
        console.log(
          execSync(
            "ps -eo pid,ppid,time,args | grep -v playwright | grep 'chromium/chromium' | cut -c1-140",
          ).toString(),
        )
      if (i === 5 && !extra.length)
        console.log(
          execSync("ps -eo args | grep 'chromium/chromium --show' | head -1").toString(),
          execSync("ps -eo args | grep 'top-chrome' | head -1").toString(),
        )
      await context.close()
    }
    console.log(Math.round(performance.now() - start), 'ms')
    await browser.close()
  }
})
