import { SCOPES } from '../../chat/token.ts'
import {
  formOrJson,
  HTML,
  json,
  type Paths,
  parameter,
  refusals,
  type Schema,
  schema,
  TEXT,
  WRITE_REFUSALS,
} from './operation.ts'
import { DATE_TIME, object } from './schemas.ts'

const OWNER = [{ owner: [] }]

const SCOPE = { enum: SCOPES }

const TOKEN = {
  id: { type: 'string' },
  name: { type: 'string', minLength: 1 },
  scopes: { type: 'array', items: SCOPE, minItems: 1 },
  made: DATE_TIME,
}

export const TOKEN_SCHEMAS: Readonly<Record<string, Schema>> = {
  TokenWish: {
    type: 'object',
    required: ['name'],
    properties: {
      name: { type: 'string', description: 'The name under which the program posts.' },
      scopes: {
        description: 'What the token allows: a list, or words separated by commas. Default: everything.',
        oneOf: [{ type: 'array', items: SCOPE, minItems: 1 }, { type: 'string' }],
      },
    },
  },
  Token: object(TOKEN),
  Tokens: object({ tokens: { type: 'array', items: schema('Token') } }),
  MadeToken: object({ ...TOKEN, secret: { type: 'string' }, hook: { type: 'string', format: 'uri' } }, [
    'hook',
  ]),
  HookMessage: {
    type: 'object',
    properties: {
      text: { type: 'string' },
      attachments: { type: 'array', items: { type: 'object' } },
      blocks: { type: 'array', items: { type: 'object' } },
      payload: { type: 'string' },
    },
  },
}

/** The operations on the tokens of a kept room, and the webhook that comes with each token. */
export const TOKEN_PATHS: Paths = {
  '/r/{room}/tokens': {
    get: {
      operationId: 'listTokens',
      summary: 'List the tokens of a kept room',
      tags: ['owners'],
      security: OWNER,
      parameters: [parameter('room')],
      responses: {
        200: {
          description: 'The tokens, without their secrets.',
          content: { ...json(schema('Tokens')), ...HTML },
        },
        ...refusals('forbidden', 'not-found', 'gone', 'busy'),
      },
    },
    post: {
      operationId: 'makeToken',
      summary: 'Make a token',
      tags: ['owners'],
      security: OWNER,
      parameters: [parameter('room')],
      requestBody: { required: true, content: formOrJson(schema('TokenWish')) },
      responses: {
        201: {
          description: 'The token. Its secret is shown only once.',
          content: { ...json(schema('MadeToken')), ...TEXT, ...HTML },
        },
        ...refusals('forbidden', 'not-found', 'conflict', 'gone', ...WRITE_REFUSALS),
      },
    },
  },
  '/r/{room}/tokens/{id}': {
    delete: {
      operationId: 'revokeToken',
      summary: 'Revoke a token',
      description: 'Takes effect at once and ends open streams with the token.',
      tags: ['owners'],
      security: OWNER,
      parameters: [parameter('room'), parameter('id')],
      responses: {
        204: { description: 'The token was revoked.' },
        ...refusals('forbidden', 'not-found', 'gone', 'too-many', 'full', 'busy'),
      },
    },
  },
  '/r/{room}/tokens/{id}/revoke': {
    post: {
      operationId: 'revokeTokenByForm',
      summary: 'Revoke a token, by a form',
      tags: ['owners'],
      security: OWNER,
      parameters: [parameter('room'), parameter('id')],
      responses: {
        204: { description: 'The token was revoked.' },
        303: { description: 'For browsers: a redirect to the tokens.' },
        ...refusals('forbidden', 'not-found', 'gone', 'too-many', 'full', 'busy'),
      },
    },
  },
  '/r/{room}/hook/{token}': {
    post: {
      operationId: 'postByHook',
      summary: 'Post a message in the format of Slack’s incoming webhooks',
      description:
        'Without `text`, the texts in `blocks` and `attachments` are posted. The JSON may have any content type, or be the field `payload` of a form. Refusals are text.',
      tags: ['messages'],
      parameters: [parameter('room'), parameter('token')],
      requestBody: { required: true, content: formOrJson(schema('HookMessage')) },
      responses: {
        200: { description: 'The message was posted.', content: TEXT },
        ...refusals('forbidden', 'not-found', 'gone', ...WRITE_REFUSALS),
      },
    },
  },
}
