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

/** Tokens of which there are none yet, and the kept rooms beside them. */
export interface TokensUnderTest {
  readonly tokens: Tokens
  readonly store: Store
  /** Those of another process. */
  openAnother(): Promise<Tokens>
  /** Lets this time pass for what is looked at from time to time. */
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

/** What all do that keep tokens. */
export function tokensContract(name: string, make: () => Promise<TokensUnderTest>): void {
  function it(does: string, run: (under: TokensUnderTest) => Promise<void>): void {
    test(`${name}: ${does}`, async (t) => {
      const under = await make()
      t.after(() => under.close())
      await run(under)
    })
  }

  it('a token is found in its room and in no other, by every process, and listed in the order of making', async (under) => {
    const { tokens } = under
    const [one, two] = [newToken('Weather Bot', ['post']), newToken('Дом', ['read'])]
    await tokens.add(LOBBY, two)
    await tokens.add(LOBBY, one)
    for (const some of [tokens, await under.openAnother()]) {
      assert.deepEqual(await some.find(LOBBY, one.id), one)
      assert.equal(await some.find(OTHER, one.id), 'other-room')
      assert.equal(await some.find(LOBBY, newToken().id), undefined)
      assert.deepEqual(await some.list(LOBBY), [one, two])
      assert.deepEqual(await some.list(OTHER), [])
    }
  })

  it('a token is ended once, and those of its room alone where the room is named', async ({ tokens }) => {
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

  it('who waits for the end of a token is told once, whichever process ends it', async (under) => {
    const { tokens } = under
    const another = await under.openAnother()
    const told: string[] = []
    for (const [name, ending] of [
      ['here', tokens],
      ['elsewhere', another],
    ] as const) {
      const [ended, kept, left] = [newToken(), newToken(), newToken()]
      for (const token of [ended, kept, left]) await tokens.add(LOBBY, token)
      tokens.onRevoked(LOBBY, ended.id, () => told.push(name))
      tokens.onRevoked(LOBBY, kept.id, () => told.push('kept'))
      tokens.onRevoked(LOBBY, left.id, () => told.push('left'))()
      await under.advance(600)
      for (const { id } of [ended, left]) await ending.revoke(id)
      await eventually(async () => {
        await under.advance(600)
        assert.equal(told.at(-1), name)
      })
    }
    assert.deepEqual(told, ['here', 'elsewhere'])
  })

  it('who begins to wait when the token is gone already is told too', async (under) => {
    const another = await under.openAnother()
    const token = newToken()
    await under.tokens.add(LOBBY, token)
    assert.deepEqual(await under.tokens.find(LOBBY, token.id), token)
    await another.revoke(token.id)
    let told = 0
    under.tokens.onRevoked(LOBBY, token.id, () => told++)
    await eventually(async () => {
      await under.advance(600)
      assert.equal(told, 1)
    })
    assert.equal(await under.tokens.find(LOBBY, token.id), undefined)
  })

  it('a room has so many tokens at the most, those of others not counted', async ({ tokens }) => {
    await tokens.add(OTHER, newToken())
    for (let count = 0; count < TOKENS_MAX; count++) await tokens.add(LOBBY, newToken())
    const more = newToken()
    await assert.rejects(tokens.add(LOBBY, more), refused('conflict'))
    assert.equal(await tokens.find(LOBBY, more.id), undefined)
    assert.equal(await tokens.find(OTHER, more.id), undefined)
    const [first] = await tokens.list(LOBBY)
    await tokens.revoke(first?.id ?? assert.fail())
    await tokens.add(LOBBY, more)
  })

  it('a kept room that is deleted takes its tokens with it, and none is made while its name is nobody’s', async (under) => {
    const { store, tokens } = under
    await store.createRoom(LOBBY, { retention: undefined, keep: undefined, listed: false }, 'owner')
    const [token, others] = [newToken(), newToken()]
    await tokens.add(LOBBY, token)
    await tokens.add(OTHER, others)
    assert.deepEqual(
      (await tokens.listAll()).map(({ room, token: { id } }) => [room === LOBBY, id]).sort(),
      [
        [false, others.id],
        [true, token.id],
      ].sort(),
    )
    await store.deleteRoom(LOBBY)
    const another = await under.openAnother()
    for (const some of [tokens, another]) {
      await under.advance(600)
      assert.equal(await some.find(LOBBY, token.id), undefined)
      assert.equal(await some.find(OTHER, token.id), undefined)
      assert.deepEqual(await some.list(LOBBY), [])
    }
    assert.deepEqual(
      (await tokens.listAll()).map(({ token: { id } }) => id),
      [others.id],
    )
    await assert.rejects(tokens.add(LOBBY, newToken()), refused('not-found'))
    await under.advance(30 * DAY_MS + 60_000)
    await tokens.add(LOBBY, token)
  })

  it('a room that becomes a kept one keeps what the operator made', async ({ store, tokens }) => {
    const token = newToken()
    await tokens.add(LOBBY, token)
    await store.createRoom(LOBBY, { retention: undefined, keep: undefined, listed: false }, 'owner')
    assert.deepEqual(await tokens.find(LOBBY, token.id), token)
  })
}
