import type { RefusalCode } from '../../chat/refusal.ts'
import { EMBED_PATHS } from './embeds.ts'
import { EVENTS } from './events.ts'
import { MESSAGE_PATHS } from './messages.ts'
import {
  json,
  type Operation,
  type OperationResponse,
  type Parameter,
  type Paths,
  refusals,
  schema,
  TEXT,
} from './operation.ts'
import { PEOPLE_PATHS } from './people.ts'
import { ROOM_PATHS } from './rooms.ts'
import { SCHEMAS } from './schemas.ts'
import { SERVER_PATHS } from './server.ts'
import { STREAM_PATHS } from './streams.ts'
import { TOKEN_PATHS, TOKEN_SCHEMAS } from './tokens.ts'

const PARAMETERS: Readonly<Record<string, Parameter>> = {
  room: {
    name: 'room',
    in: 'path',
    required: true,
    description: 'The room’s name as it appears in its address.',
    schema: { type: 'string' },
  },
  id: {
    name: 'id',
    in: 'path',
    required: true,
    description: 'The id of the message or token.',
    schema: { type: 'string' },
  },
  token: {
    name: 'token',
    in: 'path',
    required: true,
    description: 'The secret of a token that may post.',
    schema: { type: 'string' },
  },
  name: {
    name: 'name',
    in: 'query',
    description:
      'The name of a program without a cookie: from one address, the same name is the same member each time. Without it, all programs from one address are one member.',
    schema: { type: 'string' },
  },
  after: {
    name: 'after',
    in: 'query',
    description: 'The cursor, the last id that the reader holds: the stream begins with what came after it.',
    schema: { type: 'string' },
  },
  proof: {
    name: 'proof',
    in: 'query',
    description: 'Proves that a cursor of a vanishing room was given to this reader.',
    schema: { type: 'string' },
  },
  'Last-Event-ID': {
    name: 'Last-Event-ID',
    in: 'header',
    description: 'The cursor as EventSource sends it; it takes precedence over `after`.',
    schema: { type: 'string' },
  },
}

const REFUSAL_DESCRIPTIONS: Readonly<Record<RefusalCode, string>> = {
  invalid: 'The input can’t be used as it is.',
  'too-large': 'The body is too large.',
  unsupported: 'The type of the body is not supported.',
  'not-found': 'There is nothing at this address.',
  'no-such-method': 'This address does not support this method; `Allow` lists those that it supports.',
  gone: 'The room was deleted.',
  conflict: 'Somebody else has the name, or the current state does not allow this.',
  unauthorized: 'A token is needed, or the one that was sent is not valid.',
  forbidden: 'You are not allowed to do this, or the post does not say which page it comes from.',
  'too-many': 'Too many requests from this member or address.',
  full: 'Nothing can be stored: no space is left, or the disk fails. The message says which.',
  busy: 'The server is too busy just now.',
}

function refusalResponse(code: RefusalCode): OperationResponse {
  const later = code === 'too-many' || code === 'busy'
  return {
    description: REFUSAL_DESCRIPTIONS[code],
    ...(later && {
      headers: {
        'Retry-After': { description: 'Seconds after which to try again.', schema: { type: 'integer' } },
      },
    }),
    content: { ...json(schema('Error')), ...TEXT },
  }
}

const PATHS: Paths = {
  ...SERVER_PATHS,
  ...ROOM_PATHS,
  ...EMBED_PATHS,
  ...MESSAGE_PATHS,
  ...STREAM_PATHS,
  ...PEOPLE_PATHS,
  ...TOKEN_PATHS,
}

/** Health checks are always answered, and a stream says in itself when to come back. */
function isLimitedRead(path: string, { tags }: Operation): boolean {
  return path !== '/healthz' && path !== '/readyz' && !tags.includes('streams')
}

/** Adds the refusal of `--limit-reads`, which any GET can answer with. */
function describeReadLimit(paths: Paths): Paths {
  const entries = Object.entries(paths).map(([path, operations]) => {
    const { get } = operations
    if (!get || !isLimitedRead(path, get)) return [path, operations]
    return [
      path,
      { ...operations, get: { ...get, responses: { ...get.responses, ...refusals('too-many') } } },
    ]
  })
  return Object.fromEntries(entries)
}

/**
 * Builds the description of the server (OpenAPI 3.1.1).
 * @param origin the server's origin, without a slash at the end
 * @param sessionCookie the name of this server's session cookie
 */
export function buildDocument(origin: string, sessionCookie: string) {
  const codes = Object.keys(REFUSAL_DESCRIPTIONS) as RefusalCode[]
  return {
    openapi: '3.1.1',
    info: {
      title: 'Snug',
      version: '1',
      summary: 'A chat server: rooms, messages, streams.',
      description:
        'Answers are JSON, text or pages, depending on `Accept`. All refusals have the same shape and contain a sentence for people to read. An address that does not support a method answers 405 and lists those that it supports in `Allow`.',
    },
    servers: [{ url: origin }],
    tags: ['streams', 'messages', 'people', 'rooms', 'owners', 'server'].map((name) => ({ name })),
    paths: describeReadLimit(PATHS),
    components: {
      schemas: { ...SCHEMAS, ...TOKEN_SCHEMAS, ...EVENTS },
      parameters: PARAMETERS,
      responses: Object.fromEntries(codes.map((code) => [code, refusalResponse(code)])),
      securitySchemes: {
        bearer: { type: 'http', scheme: 'bearer', description: 'A token for one room, made by its owner.' },
        session: {
          type: 'apiKey',
          in: 'cookie',
          name: sessionCookie,
          description: 'A browser’s session. Posts with a cookie must also have an `Origin`.',
        },
        owner: {
          type: 'apiKey',
          in: 'cookie',
          name: 'snug-owner',
          description: 'The last part of the owner’s link. Posts with a cookie must also have an `Origin`.',
        },
      },
    },
  }
}
