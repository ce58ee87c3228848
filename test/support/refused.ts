import { Refusal, type RefusalCode } from '../../src/chat/refusal.ts'

/** For `assert.throws` and `assert.rejects`: an expected "no" of this code, and not a bug. */
export function refused(code: RefusalCode): (error: unknown) => boolean {
  return (error) => error instanceof Refusal && error.code === code
}
