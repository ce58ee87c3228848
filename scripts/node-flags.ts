/**
 * The Node flags that Snug runs with. V8 lets its young generation grow to 48 MB before it collects garbage. A quarter
 * of that makes a server with 10,000 readers 40 MB smaller, and posts take no longer.
 */
export const NODE_FLAGS: readonly string[] = ['--max-semi-space-size=4']
