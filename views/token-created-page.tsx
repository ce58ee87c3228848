import type { Token } from '../src/chat/token.ts'
import type { AssetUrl } from './asset-url.ts'
import { Layout } from './layout.tsx'
import { roomPath } from './room-path.ts'
import { describeScopes } from './tokens-page.tsx'

export interface TokenCreatedPageProps {
  readonly asset: AssetUrl
  readonly room: string
  /** The room's whole URL. */
  readonly url: string
  readonly token: Token
  /** The token's secret. It is shown here and never again. */
  readonly secret: string
  /** The whole URL that takes `{"text": …}`; undefined if the token may not post. */
  readonly hook: string | undefined
}

/** Confirms that a token was made, and shows its secret, once. */
export function TokenCreatedPage({ asset, room, url, token, secret, hook }: TokenCreatedPageProps) {
  const curlArguments = token.scopes.includes('post') ? '-d text=hello' : '-H "Accept: application/json"'
  return (
    <Layout title={`A token for ${room} · Snug`} asset={asset} bodyClass="info-page" script="created.js">
      <main class="prose" data-replace-url={`${roomPath(room)}/tokens`}>
        <h1>
          A token for <bdi>{token.name}</bdi>
        </h1>
        <p class="lead">
          It {describeScopes(token)} in <bdi>{room}</bdi>, and nowhere else, until it is revoked.
        </p>
        <div class="box owner">
          <CopyField id="secret" value={secret}>
            The secret. Save it now: it is shown once, and nobody can get it back.
          </CopyField>
          <p>Programs send it with each request:</p>
          <pre tabindex={0}>
            <code>{`curl -H "Authorization: Bearer ${secret}" ${curlArguments} ${url}/messages`}</code>
          </pre>
        </div>
        {hook !== undefined && (
          <div class="box owner">
            <CopyField id="hook" value={hook}>
              The hook: an address for programs that support Slack’s incoming webhooks.
            </CopyField>
            <p>
              It takes {'{"text": "hello"}'}. It contains the secret: anyone who has the address can post.
            </p>
          </div>
        )}
        <p>
          <a class="button" href={`${roomPath(room)}/tokens`}>
            All tokens
          </a>
        </p>
      </main>
    </Layout>
  )
}

function CopyField({ id, value, children }: { id: string; value: string; children: string }) {
  return (
    <>
      <label for={id}>
        <b>{children}</b>
      </label>
      <div class="field">
        <input id={id} value={value} readonly autocomplete="off" />
        <button type="button" data-copy={id} hidden>
          Copy
        </button>
      </div>
    </>
  )
}
