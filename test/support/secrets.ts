import type { Secrets } from '../../src/chat/ports.ts'
import { memorySecrets } from '../../src/secrets.ts'

/** Secrets that are the same in every run. */
export function testSecrets(): Secrets {
  let tokens = 0
  return { ...memorySecrets(Buffer.alloc(32, 7)), random: () => 0.5, token: () => `token-${++tokens}` }
}
