import { Refusal, type RefusalCode } from '../../src/chat/refusal.ts'

/** For `assert.throws` and `assert.rejects`: accepts only a Refusal with this code. */
export function refused(code: RefusalCode): (error: unknown) => boolean {
  return (error) => error instanceof Refusal && error.code === code
}
