// Loaded before each file of tests. One that leaves something open would never end, and nobody would learn of the others.

const FILE_TIMEOUT_MS = 600_000

// The process that runs the files has no limit of its own.
if (process.env.NODE_TEST_CONTEXT !== undefined) {
  setTimeout(() => {
    const open = process.getActiveResourcesInfo().join(', ')
    console.error(
      `These tests are not over after ${FILE_TIMEOUT_MS / 60_000} minutes. What is open: ${open}.`,
    )
    process.exit(1)
  }, FILE_TIMEOUT_MS).unref()
}
