// Checks names, comments and documents against the vocabulary of the contract. One word has one meaning: each word that
// must not be used is listed here with the word to use instead.

import { globSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'

const ROOT = join(import.meta.dirname, '..')

/** The longest line of a comment, in characters. */
const COLUMNS_MAX = 120

interface Rule {
  /** The word to use. */
  readonly use: string
  /** Forbidden words of identifiers and file names; several are joined by hyphens: `chat-room` finds `chatRoom`. */
  readonly not: readonly string[]
  /** Identifiers that keep the word, because another standard or the data of released versions has it. */
  readonly but?: RegExp
}

/** The contract's words first, then the field's. */
const NAMES: readonly Rule[] = [
  { use: 'room', not: ['chat-room', 'chatroom', 'lounge'] },
  { use: 'member', not: ['participant', 'attendee', 'occupant', 'chatter'] },
  { use: 'name', not: ['nickname', 'nick', 'handle-name', 'user-name', 'screen-name'] },
  { use: 'slug', not: ['room-key'] },
  { use: 'draft', not: ['raw-message', 'unsent-message', 'pending-draft'] },
  { use: 'event', not: ['happening', 'occurrence'] },
  { use: 'cursor', not: ['bookmark', 'last-seen-id', 'resume-token'] },
  { use: 'subscriber', not: ['follower-stream', 'stream-client'] },
  { use: 'roster', not: ['attendance', 'user-list', 'member-list', 'presence-list'] },
  { use: 'feed', not: ['room-queue', 'topic-queue'] },
  { use: 'gap', not: ['missing-events', 'hole-in-history'] },
  { use: 'refusal', not: ['user-error', 'denial', 'rejection-error'] },
  { use: 'drain', not: ['shutdown-streams', 'wind-down'] },
  { use: 'message group', not: ['breath', 'breaths'] },
  { use: 'rate limit, quota, caller', not: ['budget', 'budgets', 'purse', 'purses', 'spender', 'spend'] },
  { use: 'one-time id', not: ['replays'] },
  { use: 'stream position', not: ['standing'] },
  { use: 'sequencer', not: ['intake'] },
  { use: 'catching-up reader', not: ['latecomer', 'latecomers'] },
  { use: 'lookalike', not: ['likeness', 'likenesses'] },
  { use: 'author digest', not: ['authorship'] },
  { use: 'hash', not: ['imprint'], but: /^imprint$/ },
  { use: 'redis loss detector', not: ['lookout'] },
  { use: 'stream leases, local streams', not: ['tending', 'stayer', 'tended'] },
  { use: 'chunk', not: ['parcel', 'parcels'] },
  { use: 'detach socket', not: ['let-go', 'lets-go'] },
  { use: 'mass disconnect', not: ['departures'] },
  { use: 'resume link', not: ['come-again'] },
  { use: 'after catch-up', not: ['caught-up'] },
  { use: 'preferred names', not: ['wishes', 'wish', 'wisher', 'wished'], but: /^(wish|wishes|\w+Wish)$/ },
  { use: 'tag version', not: ['era'], but: /^era$/ },
  { use: 'API client', not: ['program-member', 'program-in'] },
  { use: 'negotiate', not: ['wants-part', 'wanted-type'] },
  { use: 'room snapshot', not: ['sight'] },
  { use: 'static log', not: ['log-pages'] },
  { use: 'permalink', not: ['past-page'] },
  { use: 'superseded messages', not: ['gone-routes', 'gone-sheet'] },
  { use: 'export format, record', not: ['telling'] },
  { use: 'lazy store', not: ['on-demand'] },
  { use: 'standalone (one process), embed (in an iframe)', not: ['open-embedded', 'embedded-store'] },
  { use: 'clustered', not: ['open-shared', 'shared-processes', 'shared-torture'] },
  { use: 'startup banner', not: ['greeting'] },
  { use: 'result', not: ['outcome', 'outcomes'] },
  {
    use: 'environment, baselines, report, full run',
    not: ['arena', 'survey', 'write-paper', 'stand-beside'],
  },
]

/** Phrases of translated English, and synonyms of the contract's words, in comments and documents. */
const PROSE: readonly (readonly [RegExp, string])[] = [
  [/\bwho(?:so)?ever\b/i, 'name the subject: a reader, a caller, the owner'],
  [/\bwhom\b/i, 'name the subject'],
  [/\b(?:of|by) which\b/i, 'begin a new sentence'],
  [/\bchat ?rooms?\b/i, 'room'],
  [/\bnicknames?\b/i, 'name'],
  [/\bparticipants?\b/i, 'member'],
  [/\blikeness(?:es)?\b/i, 'lookalike'],
  [/\blatecomers?\b/i, 'catching-up reader'],
  [/\blookout\b/i, 'redis loss detector'],
]

const CODE = ['{src,views,scripts,test,examples}/**/*.{ts,tsx}', 'static/**/*.js', 'scripts/**/*.js']
const STYLES = ['static/**/*.css']
const DOCUMENTS = ['*.md', 'docs/**/*.md']

/** Not checked: this file lists the forbidden words, and the others are generated. */
const GENERATED = ['scripts/vocabulary.ts', 'docs/performance.md', 'src/chat/names/confusables.ts']

const COMMENT = /\/\*[\s\S]*?\*\/|(?<![:'"`\w\\/])\/\/.*$/gm
const STRING = /'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"|`(?:\\.|[^`\\])*`/g
const IDENTIFIER = /[A-Za-z_$][\w$-]*/g

const rules = NAMES.flatMap((rule) => rule.not.map((words) => ({ ...rule, words })))

/** The words of an identifier, in lower case and joined by hyphens: `chatRoomId` → `chat-room-id`. */
function wordsOf(identifier: string): string {
  return identifier
    .replace(/([a-z\d])([A-Z])|([A-Z])(?=[A-Z][a-z])/g, '$1$3-$2')
    .replace(/[_$]+/g, '-')
    .toLowerCase()
}

function problemOf(identifier: string): string | undefined {
  const words = `-${wordsOf(identifier)}-`
  const rule = rules.find(
    (candidate) => words.includes(`-${candidate.words}-`) && !candidate.but?.test(identifier),
  )
  return rule && `“${identifier}” has the word “${rule.words}”: use ${rule.use}`
}

function filesOf(patterns: readonly string[]): string[] {
  return globSync([...patterns], { cwd: ROOT, exclude: ['**/node_modules/**'] })
    .filter((file) => !GENERATED.includes(file))
    .sort()
}

function lineAt(text: string, index: number): number {
  return text.slice(0, index).split('\n').length
}

function checkProse(file: string, text: string, from: string, offset: number): string[] {
  const bad = PROSE.filter(([pattern]) => pattern.test(text)).map(
    ([pattern, use]) => `“${pattern.exec(text)?.[0]}”: ${use}`,
  )
  return bad.map((problem) => `${file}:${lineAt(from, offset)}: ${problem}`)
}

function checkCode(file: string): string[] {
  const source = readFileSync(join(ROOT, file), 'utf8')
  const problems: string[] = []
  for (const { 0: comment, index } of source.matchAll(COMMENT))
    problems.push(...checkProse(file, comment, source, index))
  source.split('\n').forEach((line, index) => {
    if (/^\s*(?:\/\/|\*|\/\*)/.test(line) && [...line].length > COLUMNS_MAX)
      problems.push(`${file}:${index + 1}: the comment is longer than ${COLUMNS_MAX} columns`)
  })
  const blank = (text: string) => text.replace(/[^\n]/g, ' ')
  const code = source.replace(COMMENT, blank).replace(STRING, blank)
  for (const { 0: identifier, index } of code.matchAll(IDENTIFIER)) {
    const problem = problemOf(identifier)
    if (problem) problems.push(`${file}:${lineAt(code, index)}: ${problem}`)
  }
  return problems
}

function checkName(file: string): string[] {
  const problem = problemOf(basename(file).split('.')[0] ?? '')
  return problem ? [`${file}: ${problem}`] : []
}

function checkDocument(file: string): string[] {
  const text = readFileSync(join(ROOT, file), 'utf8')
  return text.split('\n').flatMap((line, index) => checkProse(`${file}:${index + 1}`, line, '', 0))
}

const problems = [
  ...filesOf(CODE).flatMap((file) => [...checkName(file), ...checkCode(file)]),
  ...filesOf(STYLES).flatMap((file) => [...checkName(file), ...checkCode(file)]),
  ...filesOf(DOCUMENTS).flatMap(checkDocument),
]
for (const problem of new Set(problems)) console.error(problem)
if (problems.length > 0) process.exitCode = 1
