import { Hono } from 'hono'
import { renderPage } from '../../../views/layout.tsx'
import { roomPath } from '../../../views/room-path.ts'
import { TokenCreatedPage } from '../../../views/token-created-page.tsx'
import { TokensPage, type TokensProps } from '../../../views/tokens-page.tsx'
import { makeToken } from '../../chat/actions/make-token.ts'
import { revokeToken } from '../../chat/actions/revoke-token.ts'
import type { Slug } from '../../chat/room.ts'
import { parseTokenRequest, type Token, tokenId } from '../../chat/token.ts'
import type { WebContext } from '../context.ts'
import type { Env } from '../env.ts'
import { negotiate } from '../http/negotiate.ts'
import { readForm } from '../http/read-form.ts'
import { roomLink } from '../http/server-origin.ts'
import { requireOwnedRoom } from './require-owner.ts'

const TOKENS_PATH = '/r/:room/tokens'

/** Lists, makes and revokes the tokens of a kept room, for its owner. */
export function tokenRoutes({ chat, asset, baseUrl }: WebContext): Hono<Env> {
  const routes = new Hono<Env>()

  const tokensPage = async (room: Slug, props: Partial<TokensProps> = {}) =>
    renderPage(TokensPage({ asset, room, tokens: await chat.tokens.list(room), ...props }))

  routes.get(TOKENS_PATH, async (c) => {
    const { slug } = await requireOwnedRoom(chat, c)
    if (negotiate(c) === 'html')
      return c.html(await tokensPage(slug, { revoked: c.req.query('revoked') !== undefined }))
    return c.json({ tokens: (await chat.tokens.list(slug)).map(tokenJson) })
  })

  routes.post(TOKENS_PATH, async (c) => {
    const { slug } = await requireOwnedRoom(chat, c)
    const fields = await readForm(c, (typed, { sentence }) =>
      tokensPage(slug, {
        typed: { name: String(typed.get('name') ?? ''), scopes: String(typed.get('scopes') ?? '') },
        refusal: sentence,
      }),
    )
    const [name, scopes] = [fields.get('name'), fields.get('scopes')]
    const { token, secret } = await makeToken(chat, c.var, slug, () => parseTokenRequest({ name, scopes }))
    const url = roomLink(c, baseUrl, slug)
    const hook = token.scopes.includes('post') ? `${url}/hook/${secret}` : undefined
    switch (negotiate(c)) {
      case 'json':
        return c.json({ ...tokenJson(token), secret, ...(hook !== undefined && { hook }) }, 201)
      case 'text':
        return c.text(`${secret}\n`, 201)
      case 'html':
        return c.html(renderPage(TokenCreatedPage({ asset, room: slug, url, token, secret, hook })), 201)
    }
  })

  routes.delete(`${TOKENS_PATH}/:id`, async (c) => {
    const { slug } = await requireOwnedRoom(chat, c)
    await revokeToken(chat, c.var, slug, tokenId(c.req.param('id')))
    return c.body(null, 204)
  })

  routes.post(`${TOKENS_PATH}/:id/revoke`, async (c) => {
    const { slug } = await requireOwnedRoom(chat, c)
    await revokeToken(chat, c.var, slug, tokenId(c.req.param('id')))
    if (negotiate(c) !== 'html') return c.body(null, 204)
    return c.redirect(`${roomPath(slug)}/tokens?revoked`, 303)
  })

  return routes
}

/** A token as JSON, without its secret: that is shown only once. */
function tokenJson({ id, name, scopes, made }: Token) {
  return { id, name, scopes, made: new Date(made).toISOString() }
}
