import type { RefusalCode } from '../../chat/refusal.ts'
import { STATUS } from '../http/refusal-status.ts'

/** JSON Schema 2020-12. */
export interface Schema {
  readonly [keyword: string]: unknown
}

export interface Reference {
  readonly $ref: string
}

export interface MediaType {
  readonly schema: Schema | Reference
  /** Only for streams: the schema of one event or line. OpenAPI 3.1 has no keyword for it. */
  readonly 'x-event'?: Reference
}

export type Content = Readonly<Record<string, MediaType>>

export interface OperationResponse {
  readonly description: string
  readonly headers?: Readonly<Record<string, { readonly description: string; readonly schema: Schema }>>
  readonly content?: Content
}

export interface Parameter {
  readonly name: string
  readonly in: 'path' | 'query' | 'header'
  readonly required?: boolean
  readonly description: string
  readonly schema: Schema
}

/** One method of one path (OpenAPI 3.1 §4.8.10). */
export interface Operation {
  readonly operationId: string
  readonly summary: string
  readonly description?: string
  readonly tags: readonly string[]
  readonly security?: readonly Readonly<Record<string, readonly string[]>>[]
  readonly parameters?: readonly (Parameter | Reference)[]
  readonly requestBody?: { readonly required: boolean; readonly content: Content }
  readonly responses: Readonly<Record<string, OperationResponse | Reference>>
}

export type Method = 'get' | 'post' | 'put' | 'patch' | 'delete'

/** The operations by path and method. */
export type Paths = Readonly<Record<string, Readonly<Partial<Record<Method, Operation>>>>>

export function schema(name: string): Reference {
  return { $ref: `#/components/schemas/${name}` }
}

export function parameter(name: string): Reference {
  return { $ref: `#/components/parameters/${name}` }
}

/** The refusals that every operation with a body can answer with. */
export const WRITE_REFUSALS = ['too-large', 'unsupported', 'invalid', 'too-many', 'full', 'busy'] as const

/** The responses of these refusals, by status. */
export function refusals(...codes: RefusalCode[]): Readonly<Record<string, Reference>> {
  return Object.fromEntries(
    codes.map((code) => [String(STATUS[code]), { $ref: `#/components/responses/${code}` }]),
  )
}

export function json(of: Schema | Reference): Content {
  return { 'application/json': { schema: of } }
}

/** Plain text for people to read. */
export const TEXT: Content = { 'text/plain': { schema: { type: 'string' } } }

export const HTML: Content = { 'text/html': { schema: { type: 'string' } } }

/** The same fields as a form and as a JSON object. */
export function formOrJson(of: Schema | Reference): Content {
  return { 'application/json': { schema: of }, 'application/x-www-form-urlencoded': { schema: of } }
}
