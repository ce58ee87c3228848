import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseName } from '../../src/chat/names/name.ts'
import type { Store } from '../../src/chat/ports/store.ts'
import type { Tokens } from '../../src/chat/ports/tokens.ts'
import { parseSlug } from '../../src/chat/room.ts'
import { generateToken, SCOPES, type Scope, TOKENS_MAX, type Token } from '../../src/chat/token.ts'
import { LOBBY } from '../support/events.ts'
import { eventually } from '../support/eventually.ts'
import { refused } from '../support/refused.ts'
import { testSecrets } from '../support/secrets.ts'

/** Empty storage for tokens, the kept rooms beside it, and its clock. */
export interface TokensUnderTest {
  readonly tokens: Tokens
  readonly store: Store
  /** Opens the same tokens in another process. */
  openAnother(): Promise<Tokens>
  /** Advances the time of caches and polls, in milliseconds. */
  advance(ms: number): Promise<void>
  close(): Promise<void>
}

const OTHER = parseSlug('other')
const DAY_MS = 86_400_000
const secrets = testSecrets()
let lastMadeAt = Date.UTC(2026, 10, 24)

function newToken(name = 'Weather Bot', scopes: readonly Scope[] = SCOPES): Token {
  return generateToken(secrets, ++lastMadeAt, { name: parseName(name), scopes }).token
}

/** The contract of every storage for tokens. */
export function tokensContract(name: string, make: () => Promise<TokensUnderTest>): void {
  function it(title: string, run: (fixture: TokensUnderTest) => Promise<void>): void {
    test(`${title} (${name})`, async (t) => {
      const fixture = await make()
      t.after(() => fixture.close())
      await run(fixture)
    })
  }

  it('every process finds a token in its room only, and lists tokens in the order of their creation', async (fixture) => {
    const { tokens } = fixture
    const [one, two] = [newToken('Weather Bot', ['post']), newToken('Дом', ['read'])]
    await tokens.add(LOBBY, two)
    await tokens.add(LOBBY, one)
    for (const reader of [tokens, await fixture.openAnother()]) {
      assert.deepEqual(await reader.find(LOBBY, one.id), one)
      assert.equal(await reader.find(OTHER, one.id), 'other-room')
      assert.equal(await reader.find(LOBBY, newToken().id), undefined)
      assert.deepEqual(await reader.list(LOBBY), [one, two])
      assert.deepEqual(await reader.list(OTHER), [])
    }
  })

  it('a token is revoked once, and only in its own room if a room is given', async ({ tokens }) => {
    const [one, two] = [newToken(), newToken()]
    await tokens.add(LOBBY, one)
    await tokens.add(LOBBY, two)
    assert.equal(await tokens.revoke(one.id, OTHER), false)
    assert.deepEqual(await tokens.find(LOBBY, one.id), one)
    assert.equal(await tokens.revoke(one.id, LOBBY), true)
    assert.equal(await tokens.revoke(two.id), true)
    for (const { id } of [one, two]) {
      assert.equal(await tokens.revoke(id), false)
      assert.equal(await tokens.find(LOBBY, id), undefined)
      assert.equal(await tokens.find(OTHER, id), undefined)
    }
    assert.deepEqual(await tokens.list(LOBBY), [])
  })

  it('a listener is notified once of the revocation of a token, whichever process revokes it', async (fixture) => {
    const { tokens } = fixture
    const another = await fixture.openAnother()
    const notified: string[] = []
    for (const [name, revoker] of [
      ['here', tokens],
      ['elsewhere', another],
    ] as const) {
      const [revoked, kept, cancelled] = [newToken(), newToken(), newToken()]
      for (const token of [revoked, kept, cancelled]) await tokens.add(LOBBY, token)
      tokens.onRevoked(LOBBY, revoked.id, () => notified.push(name))
      tokens.onRevoked(LOBBY, kept.id, () => notified.push('kept'))
      tokens.onRevoked(LOBBY, cancelled.id, () => notified.push('cancelled'))()
      await fixture.advance(600)
      for (const { id } of [revoked, cancelled]) await revoker.revoke(id)
      await eventually(async () => {
        await fixture.advance(600)
        assert.equal(notified.at(-1), name)
      })
    }
    assert.deepEqual(notified, ['here', 'elsewhere'])
  })

  it('a listener is notified even if the token was revoked before', async (fixture) => {
    const another = await fixture.openAnother()
    const token = newToken()
    await fixture.tokens.add(LOBBY, token)
    assert.deepEqual(await fixture.tokens.find(LOBBY, token.id), token)
    await another.revoke(token.id)
    let notified = 0
    fixture.tokens.onRevoked(LOBBY, token.id, () => notified++)
    await eventually(async () => {
      await fixture.advance(600)
      assert.equal(notified, 1)
    })
    assert.equal(await fixture.tokens.find(LOBBY, token.id), undefined)
  })

  it('the number of tokens in a room is limited, and tokens of other rooms do not count', async ({
    tokens,
  }) => {
    await tokens.add(OTHER, newToken())
    for (let count = 0; count < TOKENS_MAX; count++) await tokens.add(LOBBY, newToken())
    const surplus = newToken()
    await assert.rejects(tokens.add(LOBBY, surplus), refused('conflict'))
    assert.equal(await tokens.find(LOBBY, surplus.id), undefined)
    assert.equal(await tokens.find(OTHER, surplus.id), undefined)
    const [first] = await tokens.list(LOBBY)
    await tokens.revoke(first?.id ?? assert.fail())
    await tokens.add(LOBBY, surplus)
  })

  it('the deletion of a kept room deletes its tokens, and none can be added while its slug is reserved', async (fixture) => {
    const { store, tokens } = fixture
    await store.createRoom(LOBBY, { retention: undefined, keep: undefined, listed: false }, 'owner')
    const [token, otherToken] = [newToken(), newToken()]
    await tokens.add(LOBBY, token)
    await tokens.add(OTHER, otherToken)
    assert.deepEqual(
      (await tokens.listAll()).map(({ room, token: { id } }) => [room === LOBBY, id]).sort(),
      [
        [false, otherToken.id],
        [true, token.id],
      ].sort(),
    )
    await store.deleteRoom(LOBBY)
    const another = await fixture.openAnother()
    for (const reader of [tokens, another]) {
      await fixture.advance(600)
      assert.equal(await reader.find(LOBBY, token.id), undefined)
      assert.equal(await reader.find(OTHER, token.id), undefined)
      assert.deepEqual(await reader.list(LOBBY), [])
    }
    assert.deepEqual(
      (await tokens.listAll()).map(({ token: { id } }) => id),
      [otherToken.id],
    )
    await assert.rejects(tokens.add(LOBBY, newToken()), refused('not-found'))
    await fixture.advance(30 * DAY_MS + 60_000)
    await tokens.add(LOBBY, token)
  })

  it('a room that becomes a kept one keeps the tokens that the operator made', async ({ store, tokens }) => {
    const token = newToken()
    await tokens.add(LOBBY, token)
    await store.createRoom(LOBBY, { retention: undefined, keep: undefined, listed: false }, 'owner')
    assert.deepEqual(await tokens.find(LOBBY, token.id), token)
  })
}
