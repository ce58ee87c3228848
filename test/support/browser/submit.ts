import type { Locator, Page } from 'playwright-core'

/**
 * Does what submits the form of `field`. Resolves when the response is in the page, including a refusal, or when the
 * request has failed. A test that fills a field earlier loses its text: the response replaces the fields.
 * @param scripts whether htmx sends the form; if not, the response is a new document in the frame of the form
 */
export function submit(
  page: Page,
  field: Locator,
  scripts: boolean,
  act: () => Promise<unknown>,
): Promise<void> {
  return scripts ? submitByHtmx(field, act) : navigate(page, field, act)
}

/** Does what loads a new document into the frame of `element`. Resolves when the new document has begun. */
export async function navigate(page: Page, element: Locator, act: () => Promise<unknown>): Promise<void> {
  const frame = await (await element.elementHandle())?.ownerFrame()
  await Promise.all([page.waitForEvent('framenavigated', (navigated) => navigated === frame), act()])
}

async function submitByHtmx(field: Locator, act: () => Promise<unknown>): Promise<void> {
  // Earlier requests of the same form may still be under way: the context tells this one from them.
  const request = await field.evaluateHandle(({ form }) => ({
    finished: new Promise<void>((resolve) => {
      form.addEventListener(
        'htmx:config:request',
        (sent: HtmxEvent) => {
          form.addEventListener('htmx:finally:request', (ended: HtmxEvent) => {
            if (ended.detail.ctx === sent.detail.ctx) resolve()
          })
        },
        { once: true },
      )
    }),
  }))
  await act()
  await request.evaluate(({ finished }) => finished)
}

interface HtmxEvent {
  readonly detail: { readonly ctx: unknown }
}
