/**
 * What Node is told when it runs Snug; `npm start` in package.json says the same. Where objects are young, V8 lets 48 MB
 * fill before it looks for what is over: with a quarter of that a server with 10,000 readers is 40 MB smaller, and posts
 * take no longer. And where nothing happens, nothing is looked for: after ten thousand came and are quiet, V8 would go
 * through all that lives three times, which costs more than a minute of their heartbeats; what a crowd leaves behind is
 * collected by `src/web/departures.ts`.
 */
export const NODE_FLAGS: readonly string[] = ['--max-semi-space-size=4', '--no-memory-reducer']
