import { AxeBuilder } from '@axe-core/playwright'
import type { Page } from 'playwright-core'

const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']

/** Rules whose outcome depends on the colours: all that is otherwise by night. */
const COLOUR_RULES = ['color-contrast', 'link-in-text-block']

/**
 * What axe finds in a page as it is now, by day and by night.
 * @param without rules that don't apply
 */
export async function findAxeViolations(page: Page, without: string[] = []): Promise<string[]> {
  const byDay = new AxeBuilder({ page }).withTags(TAGS).disableRules(without)
  const byNight = new AxeBuilder({ page }).withRules(COLOUR_RULES)
  return [...(await analyzeWith(page, 'light', byDay)), ...(await analyzeWith(page, 'dark', byNight))]
}

async function analyzeWith(page: Page, colorScheme: 'light' | 'dark', axe: AxeBuilder): Promise<string[]> {
  await page.emulateMedia({ colorScheme })
  // What is only half there yet has half its contrast.
  await page.evaluate('Promise.allSettled(document.getAnimations().map(({ finished }) => finished))')
  const { violations } = await axe.analyze()
  return violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${colorScheme}, ${id}: ${html}`))
}
