// Loaded before each test file. A file that leaves something open would never end, and hide the results of the others.

const FILE_TIMEOUT_MS = 600_000

// The process that runs the test files has no time limit.
if (process.env.NODE_TEST_CONTEXT !== undefined) {
  setTimeout(() => {
    const open = process.getActiveResourcesInfo().join(', ')
    console.error(
      `These tests have not ended after ${FILE_TIMEOUT_MS / 60_000} minutes. Still open: ${open}.`,
    )
    process.exit(1)
  }, FILE_TIMEOUT_MS).unref()
}
