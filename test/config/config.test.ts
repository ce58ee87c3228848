import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Config, readCommand } from '../../src/config/config.ts'
import { helpText } from '../../src/config/flags.ts'
import { type LimitSettings, NO_LIMITS } from '../../src/config/limit-flags.ts'

const DEFAULTS: Config = {
  port: 8000,
  host: '127.0.0.1',
  baseUrl: undefined,
  nameHold: 60_000,
  awayAfter: 10_000,
  replayWindow: 60_000,
  streamLife: 600_000,
  heartbeat: 15_000,
  maxStreams: 20_000,
  maxRoomStreams: 10_000,
  limits: {
    post: { member: { count: 20, windowMs: 2000 }, address: { count: 200, windowMs: 1000 } },
    name: { member: { count: 10, windowMs: 3333 }, address: { count: 60, windowMs: 1000 } },
    room: { member: undefined, address: { count: 30, windowMs: 3_600_000 } },
    stream: { session: 20, address: 100 },
    read: { requests: { count: 2000, windowMs: 10_000 }, cpu: { count: 2000, windowMs: 8000 } },
  },
  trustedProxy: [],
  data: { path: 'snug-data', createIfMissing: false },
  maxData: 10 * 1024 ** 3,
  acceptClock: false,
  redis: undefined,
  redisCa: undefined,
  redisPrefix: 'snug:',
  sessionKeys: undefined,
  embedOrigins: ['*'],
  embedSecret: undefined,
  logLevel: 'warn',
}

const KEY = 'k'.repeat(32)
const OTHER_KEY = 'the other key: no less than 32 letters'

/** Each flag: a value, another value, and how the first value changes the defaults. */
const FLAGS: readonly (readonly [string, string, string, Partial<Config>])[] = [
  ['port', '8123', '9000', { port: 8123 }],
  ['host', '0.0.0.0', '::1', { host: '0.0.0.0' }],
  ['base-url', 'https://chat.example', 'http://x', { baseUrl: 'https://chat.example' }],
  ['name-hold', '90s', '1m', { nameHold: 90_000 }],
  ['away-after', '5s', '1m', { awayAfter: 5000 }],
  ['replay-window', '0', '1s', { replayWindow: 0 }],
  ['stream-life', '2m', '3m', { streamLife: 120_000 }],
  ['heartbeat', '250ms', '1s', { heartbeat: 250 }],
  ['max-streams', '7', '8', { maxStreams: 7 }],
  ['max-room-streams', '7', '8', { maxRoomStreams: 7 }],
  [
    'limit-posts',
    '5+1/s,90/m',
    'off',
    limited({
      post: { member: { count: 5, windowMs: 5000 }, address: { count: 90, windowMs: 60_000 } },
    }),
  ],
  [
    'limit-names',
    '1/s,off',
    'off,1/s',
    limited({ name: { member: { count: 1, windowMs: 1000 }, address: undefined } }),
  ],
  ['limit-rooms', 'off', '2/h', limited({ room: { member: undefined, address: undefined } })],
  ['limit-streams', '3,4', '4,3', limited({ stream: { session: 3, address: 4 } })],
  [
    'limit-reads',
    '9/s,off',
    'off,9/s',
    limited({ read: { requests: { count: 9, windowMs: 1000 }, cpu: undefined } }),
  ],
  ['limits', 'off', 'on', limited(NO_LIMITS)],
  [
    'trusted-proxy',
    '10.0.0.7',
    'loopback',
    { trustedProxy: [{ family: 'ipv4', address: '10.0.0.7', prefix: 32 }] },
  ],
  ['data', '/var/lib/snug', 'here', { data: { path: '/var/lib/snug', createIfMissing: true } }],
  ['max-data', '500m', 'off', { maxData: 500 * 1024 ** 2 }],
  ['accept-clock', 'on', 'off', { acceptClock: true }],
  ['redis', 'redis://localhost', 'rediss://ada:secret@box:6380/2', { redis: 'redis://localhost' }],
  ['redis-ca', '/etc/ssl/ours.pem', 'ca.pem', { redisCa: '/etc/ssl/ours.pem' }],
  ['redis-prefix', 'chat:', '', { redisPrefix: 'chat:' }],
  ['session-keys', KEY, `${OTHER_KEY},${KEY}`, { sessionKeys: { current: KEY, former: undefined } }],
  [
    'embed-origins',
    'https://blog.example, https://*.shop.example:8443',
    'none',
    { embedOrigins: ['https://blog.example', 'https://*.shop.example:8443'] },
  ],
  ['embed-secret', KEY, OTHER_KEY, { embedSecret: KEY }],
  ['log-level', 'debug', 'error', { logLevel: 'debug' }],
]

function limited(limits: Partial<LimitSettings>): Partial<Config> {
  return { limits: { ...DEFAULTS.limits, ...limits } }
}

const variableOf = (flag: string) => `SNUG_${flag.toUpperCase().replaceAll('-', '_')}`

function configOf(argv: readonly string[], env: Record<string, string> = {}): Config {
  const command = readCommand(argv, env)
  assert.equal(command.kind, 'serve', JSON.stringify(command))
  return command.kind === 'serve' ? command.config : DEFAULTS
}

function problemsOf(argv: readonly string[], env: Record<string, string> = {}): readonly string[] {
  const command = readCommand(argv, env)
  return command.kind === 'invalid' ? command.problems : []
}

test('without flags Snug serves only this computer, with the defaults', () => {
  assert.deepEqual(configOf([]), DEFAULTS)
  assert.deepEqual(configOf(['serve']), DEFAULTS)
  assert.deepEqual(configOf([], { HOME: '/root', SNUGGLE: 'yes' }), DEFAULTS)
})

for (const [flag, value, other, change] of FLAGS) {
  test(`--${flag} and ${variableOf(flag)} have the same effect, and the flag wins`, () => {
    const expected = { ...DEFAULTS, ...change }
    assert.deepEqual(configOf([`--${flag}`, value]), expected)
    assert.deepEqual(configOf(['serve', `--${flag}=${value}`]), expected)
    assert.deepEqual(configOf([], { [variableOf(flag)]: value }), expected)
    assert.deepEqual(configOf([`--${flag}`, value], { [variableOf(flag)]: other }), expected)
    assert.notDeepEqual(configOf([`--${flag}`, other]), expected)
  })
}

test('the help lists each flag with its default, and explains the environment variables', () => {
  const help = helpText('1.2.3')
  assert.match(help, /^Snug 1\.2\.3: /)
  for (const [flag] of FLAGS) assert.match(help, new RegExp(`^  --${flag} \\S+ +\\S`, 'm'))
  assert.match(help, /--port N .*\(8000\)/)
  assert.match(help, /--base-url is SNUG_BASE_URL/)
  const listed = [...help.matchAll(/^ {2}--([a-z-]+) /gm)].map((match) => match[1])
  assert.deepEqual(
    listed,
    FLAGS.map(([flag]) => flag),
    'the help has flags that this test does not know',
  )
  assert.ok(
    help.split('\n').every((line) => line.length <= 120),
    'a line of the help is too long',
  )
})

test('each invalid value gets its own line, in the order of the help', () => {
  const argv = ['--log-level', 'loud', '--port', '70000', '--heartbeat=soon']
  assert.deepEqual(problemsOf(argv, { SNUG_HOST: ' ', SNUG_LIMITS: 'perhaps' }), [
    '--port must be a whole number from 0 to 65535, not “70000”.',
    'SNUG_HOST must be an address, not “ ”.',
    '--heartbeat must be a number with ms, s, m or h, such as 90s, not “soon”.',
    'SNUG_LIMITS must be one of on, off, not “perhaps”.',
    '--log-level must be one of debug, info, warn, error, silent, not “loud”.',
  ])
})

test('every unknown command, flag and variable is reported', () => {
  const argv = ['sevre', '--prot', '1', '-p', '2', '--port', 'x']
  assert.deepEqual(problemsOf(argv, { SNUG_PROT: '3' }), [
    'There is no command “sevre”. The commands are serve, rotate-keys, backup, export, import, token create, token list, token revoke.',
    'There is no flag --prot; snug --help lists them.',
    'There is no flag -p; snug --help lists them.',
    'There is no variable SNUG_PROT; snug --help lists the flags, and each has one.',
    '--port must be a whole number from 0 to 65535, not “x”.',
  ])
  assert.deepEqual(problemsOf(['--constructor', '--__proto__']), [
    'There is no flag --constructor; snug --help lists them.',
    'There is no flag --__proto__; snug --help lists them.',
  ])
})

test('a command other than serve takes only its own flags, but every environment variable', () => {
  const rotate = readCommand(['rotate-keys', '--data', 'there'], { SNUG_PORT: '9000', SNUG_DATA: 'here' })
  assert.deepEqual(rotate, {
    kind: 'rotate-keys',
    config: { ...DEFAULTS, port: 9000, data: { path: 'there', createIfMissing: true } },
  })
  const onRedis = readCommand(['rotate-keys', '--redis', 'redis://there', '--redis-prefix', 'x:'], {})
  assert.deepEqual(onRedis, {
    kind: 'rotate-keys',
    config: { ...DEFAULTS, redis: 'redis://there', redisPrefix: 'x:' },
  })
  assert.deepEqual(problemsOf(['rotate-keys', '--port', '1', '--data', 'x']), [
    'rotate-keys takes no --port.',
  ])
})

test('only one command can be given', () => {
  assert.deepEqual(problemsOf(['serve', 'rotate-keys']), ['“rotate-keys” is not expected after serve.'])
  for (const word of ['constructor', '__proto__'])
    assert.deepEqual(problemsOf([word]), [
      `There is no command “${word}”. The commands are serve, rotate-keys, backup, export, import, token create, token list, token revoke.`,
    ])
})

test('a command of two words has its own flags, which no other command takes and no variable sets', () => {
  const read = readCommand(['token', 'create', 'Tea', '--name', 'Bot Ada', '--scopes', 'post'], {})
  const options = new Map([
    ['name', 'Bot Ada'],
    ['scopes', 'post'],
  ])
  assert.deepEqual(read, { kind: 'token create', config: DEFAULTS, argument: 'Tea', options })
  assert.deepEqual(readCommand(['token', 'list'], {}), { kind: 'token list', config: DEFAULTS })
  assert.deepEqual(problemsOf(['token', 'revoke']), ['token revoke needs an ID: snug token revoke ID'])
  assert.match(problemsOf(['token'])[0] ?? '', /^There is no command “token”\. The commands are /)
  assert.match(
    problemsOf(['token', 'make'])[0] ?? '',
    /^There is no command “token make”\. The commands are /,
  )
  assert.deepEqual(problemsOf(['--name', 'x']), ['serve takes no --name.'])
  assert.deepEqual(problemsOf(['token', 'list', '--scopes', 'x']), ['token list takes no --scopes.'])
  assert.match(problemsOf([], { SNUG_NAME: 'x' })[0] ?? '', /^There is no variable SNUG_NAME/)
})

test('session keys are one or two different keys of enough length, and are never printed', () => {
  const keys = (text: string) => configOf([], { SNUG_SESSION_KEYS: text }).sessionKeys
  assert.deepEqual(keys(`${KEY},${OTHER_KEY}`), { current: KEY, former: OTHER_KEY })
  assert.deepEqual(keys(` ${KEY} , ${OTHER_KEY} `), { current: KEY, former: OTHER_KEY })
  assert.equal(keys(''), undefined)
  const short = 'k'.repeat(31)
  for (const wrong of [
    short,
    `${KEY},${short}`,
    `${KEY},${KEY}`,
    `${KEY},`,
    `,${KEY}`,
    `${KEY},${OTHER_KEY},${KEY}x`,
    'k'.repeat(257),
  ]) {
    const problems = problemsOf(['--session-keys', wrong])
    assert.equal(problems.length, 1, wrong)
    assert.match(problems[0] ?? '', /^--session-keys must be a key or two .* 32 to 256 characters each\.$/)
    assert.ok(!problems[0]?.includes(short))
    assert.ok(!problemsOf([], { SNUG_SESSION_KEYS: wrong }).join().includes(short))
  }
})

test('a flag without a value is reported', () => {
  assert.deepEqual(problemsOf(['--port']), ['--port needs a value.'])
  assert.deepEqual(problemsOf(['--host', '--port', '1']), ['--host needs a value.'])
})

test('an IPv6 address may be in brackets, and a host has neither a scheme nor a port', () => {
  const hostOf = (host: string) => {
    const command = readCommand(['--host', host], {})
    return command.kind === 'serve' ? command.config.host : command
  }
  for (const [typed, host] of [
    ['[::1]', '::1'],
    ['[::]', '::'],
    [' ::1 ', '::1'],
    ['[fe80::1%eth0]', 'fe80::1%eth0'],
    ['2001:db8::7', '2001:db8::7'],
    ['box.local', 'box.local'],
  ] as const)
    assert.equal(hostOf(typed), host)
  for (const wrong of [
    'localhost:8000',
    '127.0.0.1:80',
    '[::1]:8000',
    '[::1',
    '[box]',
    'http://box',
    'a b',
    '/tmp/x',
  ])
    assert.deepEqual(problemsOf(['--host', wrong]), [
      `--host must be an address without http:// and without a port, not “${wrong}”.`,
    ])
})

test('--help, --version and --licenses win over everything else', () => {
  for (const flag of ['--help', '-h'])
    assert.deepEqual(readCommand(['--port', 'x', flag], {}), { kind: 'help' })
  for (const flag of ['--version', '-v']) assert.deepEqual(readCommand([flag], {}), { kind: 'version' })
  assert.deepEqual(readCommand(['backup', '--licenses'], {}), { kind: 'licenses' })
})

test('a time is a number with a unit, within bounds', () => {
  const hold = (text: string) => configOf(['--name-hold', text]).nameHold
  assert.deepEqual(
    ['0', '0s', '1500ms', '90s', '2m', '24h'].map(hold),
    [0, 0, 1500, 90_000, 120_000, 86_400_000],
  )
  for (const wrong of ['60', '1.5s', '-1s', '1 s', '1d', '', '1sec', '25h', '9999999999s', '１s']) {
    assert.match(problemsOf([`--name-hold=${wrong}`]).join(), /^--name-hold must be .*\.$/, wrong)
  }
  assert.deepEqual(problemsOf(['--replay-window', '2m']), [
    '--replay-window must be from 0s to 60s, not “2m”.',
  ])
  assert.deepEqual(problemsOf(['--heartbeat', '99ms']).length, 1)
})

test('a whole number consists of digits only', () => {
  for (const wrong of ['', ' 80', '8e3', '0x50', '80.0', '+80', '-1', '65536', 'NaN', '１'])
    assert.equal(problemsOf([`--port=${wrong}`]).length, 1, wrong)
  assert.equal(configOf(['--port', '0']).port, 0)
  assert.equal(configOf(['--port', '65535']).port, 65535)
})

test('a base URL is an http or https address without a path', () => {
  const base = (text: string) => configOf(['--base-url', text]).baseUrl
  assert.equal(base('https://Chat.Example.org:443/'), 'https://chat.example.org')
  assert.equal(base('http://10.0.0.7:8000'), 'http://10.0.0.7:8000')
  assert.equal(base(''), undefined)
  for (const wrong of [
    'chat.example.org',
    'ftp://chat.example.org',
    'https://chat.example.org/snug',
    'https://chat.example.org/?a',
    'https://chat.example.org/#a',
    'https://ada@chat.example.org',
    'https://:secret@chat.example.org',
  ]) {
    assert.match(problemsOf(['--base-url', wrong]).join(), /^--base-url must be an http or https/, wrong)
  }
})

test('a limit has a number at once and a rate per second, minute or hour', () => {
  const ofMember = (text: string) => configOf(['--limit-posts', `${text},off`]).limits.post.member
  assert.deepEqual(ofMember('20+10/s'), { count: 20, windowMs: 2000 })
  assert.deepEqual(ofMember('5+10/s'), { count: 5, windowMs: 500 })
  assert.deepEqual(ofMember('200/s'), { count: 200, windowMs: 1000 })
  assert.deepEqual(ofMember('1+30/h'), { count: 1, windowMs: 120_000 })
  assert.deepEqual(ofMember('2+3/m'), { count: 2, windowMs: 40_000 })
  assert.deepEqual(ofMember('1+1000000/s'), { count: 1, windowMs: 1 })
  assert.equal(ofMember('off'), undefined)
})

test('limits can be lifted one by one, in part, or all together', () => {
  const off = { member: undefined, address: undefined }
  const streams = (text: string) => configOf(['--limit-streams', text]).limits.stream
  assert.deepEqual(configOf(['--limit-names', 'off']).limits, { ...DEFAULTS.limits, name: off })
  assert.deepEqual(configOf(['--limit-posts', 'off,7/s']).limits.post.address, { count: 7, windowMs: 1000 })
  assert.deepEqual(streams('off'), NO_LIMITS.stream)
  assert.deepEqual(streams('5,off'), { session: 5, address: Number.POSITIVE_INFINITY })
  assert.deepEqual(configOf(['--limits', 'off', '--limit-posts', '1/s,1/s']).limits, NO_LIMITS)
})

test('an invalid limit is reported in one line', () => {
  const wrong = (flag: string, text: string, ...problems: string[]) =>
    assert.deepEqual(
      problemsOf([`--${flag}=${text}`]),
      problems.map((problem) => `--${flag} must be ${problem}, not “${text}”.`),
    )
  const two = 'a limit for a member and one for an address, such as 20+10/s,200/s, or off'
  const made = 'made of limits such as 20+10/s (20 at once, then 10 a second) or 30/h'
  for (const text of ['', '20', '20+10/s', '1/s,1/s,1/s', 'on']) wrong('limit-posts', text, two)
  for (const text of ['20,200', '1/d,1/s', '1/s, 1/s', '+1/s,1/s', '1+/s,1/s', '-1/s,1/s', '1.5/s,1/s', ','])
    wrong('limit-names', text, made)
  for (const text of ['0/s', '1000001/s', '0+1/s', '1+0/s'])
    wrong('limit-rooms', text, 'made of numbers from 1 to 1000000')
  wrong('limit-rooms', '25+1/h', 'no more at once than the rate allows in a day')
  wrong('limit-rooms', '1/s,1/s', 'a limit for an address, such as 30/h, or off')
  wrong('limit-streams', '20', 'a number for a session and one for an address, such as 20,100, or off')
  wrong('limit-streams', '20,0', 'a whole number from 1 to 1000000')
})

test('trusted proxies are addresses, ranges, or the words loopback and private', () => {
  const ranges = (text: string) =>
    configOf(['--trusted-proxy', text]).trustedProxy.map(({ address, prefix }) => `${address}/${prefix}`)
  assert.deepEqual(ranges(''), [])
  assert.deepEqual(ranges('10.0.0.7, 2001:db8::/32,::1,0.0.0.0/0'), [
    '10.0.0.7/32',
    '2001:db8::/32',
    '::1/128',
    '0.0.0.0/0',
  ])
  assert.deepEqual(ranges('loopback'), ['127.0.0.0/8', '::1/128'])
  assert.deepEqual(ranges('private'), ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', 'fc00::/7'])
  for (const wrong of [
    'nginx',
    '10.0.0.0/33',
    '::/129',
    '10.0.0.0/',
    '10.0.0.0/8/8',
    '10.0.0',
    ',',
    '10.0.0.1,',
    '::1/-1',
    '::1/1.5',
    'fe80::1%eth0',
  ])
    assert.deepEqual(problemsOf([`--trusted-proxy=${wrong}`]), [
      `--trusted-proxy must be addresses, ranges such as 10.0.0.0/8, loopback or private, separated by commas, not “${wrong}”.`,
    ])
})

test('--redis takes a redis:// or rediss:// address, which is never printed', () => {
  for (const wrong of ['localhost:6379', 'http://box', 'redis://box/a', 'redis://box?x', 'redis://box/1/2']) {
    const problems = problemsOf(['--redis', wrong])
    assert.equal(problems.length, 1, wrong)
    assert.match(
      problems[0] ?? '',
      /^--redis must be redis:\/\/ or rediss:\/\/ .* \/database; or redis\+sentinel:/,
    )
  }
  assert.match(problemsOf(['--redis-prefix', 'a{b}'])[0] ?? '', /^--redis-prefix must be at most 64 /)
})

test('--redis-ca needs a Redis address with TLS', () => {
  const ca = ['--redis-ca', 'ca.pem']
  assert.deepEqual(problemsOf(['--redis', 'redis://box', ...ca]), [
    '--redis-ca is for a --redis that is reached over TLS: rediss://…',
  ])
  assert.deepEqual(problemsOf(['--redis', 'rediss://box', ...ca]), [])
})

test('--data and --redis can’t be combined', () => {
  const problems = problemsOf(['--redis', 'redis://box', '--data', 'here'])
  assert.deepEqual(problems, [
    'Data is kept either in a folder or in Redis: --data and --redis can’t be combined.',
  ])
})

test('a size is a number with a unit; a thousand is 1,024', () => {
  const size = (text: string) => configOf(['--max-data', text]).maxData
  for (const [text, bytes] of [
    ['1m', 1024 ** 2],
    ['20MB', 20 * 1024 ** 2],
    ['3GiB', 3 * 1024 ** 3],
    ['1 t', 1024 ** 4],
    ['2048K', 2 * 1024 ** 2],
    ['1048576', 1024 ** 2],
    ['off', undefined],
  ] as const)
    assert.equal(size(text), bytes, text)
  for (const [text, problem] of [
    ...['', 'lots', '-1g', '1.5g', '1gb2', '10e3'].map((text) => [
      text,
      'a number with k, m, g or t, such as 10g, or off',
    ]),
    ['900k', '1m at least'],
  ])
    assert.deepEqual(problemsOf([`--max-data=${text}`]), [`--max-data must be ${problem}, not “${text}”.`])
})
