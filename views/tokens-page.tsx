import type { Scope, Token } from '../src/chat/token.ts'
import type { AssetUrl } from './asset-url.ts'
import { HiddenField } from './hidden-field.tsx'
import { Layout } from './layout.tsx'
import { roomPath } from './room-path.ts'

export interface TokensProps {
  readonly asset: AssetUrl
  readonly room: string
  readonly tokens: readonly Token[]
  /** Whether this request revoked a token. */
  readonly revoked?: boolean
  /** The typed form, after a refusal. */
  readonly typed?: { readonly name: string; readonly scopes: string }
  readonly refusal?: string
}

const SCOPE_VERBS: Readonly<Record<Scope, string>> = { read: 'reads', post: 'posts' }

const SCOPE_CHOICES = new Map([
  ['read,post', 'read and post'],
  ['post', 'only post'],
  ['read', 'only read'],
])

const TOKEN_DATE_FORMAT = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeZone: 'UTC' })

/** What a token may do, in words: “reads and posts”. */
export function describeScopes({ scopes }: Pick<Token, 'scopes'>): string {
  return scopes.map((scope) => SCOPE_VERBS[scope]).join(' and ')
}

/** The page where the owner of a kept room makes and revokes tokens. */
export function TokensPage({ asset, room, tokens, revoked, typed, refusal }: TokensProps) {
  const path = roomPath(room)
  return (
    <Layout title={`Programs in ${room} · Snug`} asset={asset} bodyClass="info-page">
      <main class="prose">
        <h1>
          Programs in <bdi>{room}</bdi>
        </h1>
        <p class="lead">
          With a token, a program can read and post here under its own name.{' '}
          <a href={`${path}/settings`}>Settings</a>
        </p>
        {revoked && (
          <p class="success" role="status">
            Revoked. Programs that used it are disconnected.
          </p>
        )}
        {tokens.length > 0 ? (
          <ul class="rooms tokens">
            {tokens.map((token) => (
              <TokenItem path={path} token={token} />
            ))}
          </ul>
        ) : (
          <p class="hint">There are no tokens yet.</p>
        )}
        <form class="box" method="post" action={`${path}/tokens`}>
          <h2>A new token</h2>
          <div class="field-grid token">
            <label for="name">Name</label>
            <input
              id="name"
              name="name"
              required
              value={typed?.name}
              autocomplete="off"
              aria-invalid={refusal ? 'true' : undefined}
              aria-describedby={refusal ? 'refusal' : undefined}
            />
            <label for="scopes">It may</label>
            <select id="scopes" name="scopes">
              {[...SCOPE_CHOICES].map(([scopes, label]) => (
                <option value={scopes} selected={scopes === typed?.scopes}>
                  {label}
                </option>
              ))}
            </select>
          </div>
          {refusal && (
            <p id="refusal" class="refusal" role="alert">
              {refusal}
            </p>
          )}
          <p class="hint">
            You are responsible for what it says. Its secret is shown once, on the next page.
          </p>
          <button type="submit">Make it</button>
        </form>
      </main>
    </Layout>
  )
}

function TokenItem({ path, token }: { path: string; token: Token }) {
  const { id, name, made } = token
  return (
    <li>
      <div>
        <bdi>{name}</bdi>
        <p class="hint">
          {describeScopes(token)} ·{' '}
          <time datetime={new Date(made).toISOString()}>{TOKEN_DATE_FORMAT.format(made)}</time>{' '}
          <code>{id}</code>
        </p>
      </div>
      <form method="post" action={`${path}/tokens/${id}/revoke`}>
        <HiddenField />
        <button type="submit" class="secondary" aria-label={`Revoke the token of ${name}`}>
          Revoke
        </button>
      </form>
    </li>
  )
}
