import { AxeBuilder } from '@axe-core/playwright'
import type { Page } from 'playwright-core'

const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']

/** Rules that depend on colours: in the dark theme, nothing else differs. */
const COLOUR_RULES = ['color-contrast', 'link-in-text-block']

/**
 * Lists what axe finds in a page as it is now, in the light and in the dark theme.
 * @param exceptions rules that do not apply
 */
export async function findAxeViolations(page: Page, exceptions: string[] = []): Promise<string[]> {
  const light = new AxeBuilder({ page }).withTags(TAGS).disableRules(exceptions)
  const dark = new AxeBuilder({ page }).withRules(COLOUR_RULES)
  return [...(await analyzeWith(page, 'light', light)), ...(await analyzeWith(page, 'dark', dark))]
}

async function analyzeWith(page: Page, colorScheme: 'light' | 'dark', axe: AxeBuilder): Promise<string[]> {
  await page.emulateMedia({ colorScheme })
  // During an animation, a fading element has too little contrast.
  await page.evaluate('Promise.allSettled(document.getAnimations().map(({ finished }) => finished))')
  const { violations } = await axe.analyze()
  return violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${colorScheme}, ${id}: ${html}`))
}
