import { MemoryDirectory } from '../../src/directory/memory.ts'
import { directoryContract } from '../contracts/directory.ts'
import { TestClock } from '../support/clock.ts'

directoryContract('the directory in memory', async () => {
  const clock = new TestClock()
  return {
    directory: new MemoryDirectory(clock),
    advance: async (ms) => clock.advance(ms),
    close: async () => {},
  }
})
