/** The defaults. */
export const ROSTER_TIMES = { nameHold: 60_000, awayAfter: 10_000, silentAfter: 56_000 }
