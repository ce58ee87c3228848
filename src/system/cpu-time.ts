/**
 * Milliseconds of CPU time that this thread has used, with fractions. Waiting for others on a busy machine costs
 * none.
 */
export function threadCpuMs(): number {
  const { user, system } = process.threadCpuUsage()
  return (user + system) / 1000
}
