import type { Secrets } from '../../src/chat/ports/secrets.ts'
import { createSecrets } from '../../src/secrets/secrets.ts'

/** Secrets that are the same in every run of the tests. */
export function testSecrets(): Secrets {
  let tokens = 0
  const keys = { current: 'the key of every test, 32 letters', former: undefined }
  return { ...createSecrets(keys), random: () => 0.5, token: () => `token-${++tokens}` }
}
