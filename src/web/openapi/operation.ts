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
  /** Of a stream: what each of its events, or lines, is. OpenAPI 3.1 has no word for it. */
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

/** One method of one address, OpenAPI 3.1 §4.8.10. */
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

/** Addresses, each with what it takes. */
export type Paths = Readonly<Record<string, Readonly<Partial<Record<Method, Operation>>>>>

export function schema(name: string): Reference {
  return { $ref: `#/components/schemas/${name}` }
}

export function parameter(name: string): Reference {
  return { $ref: `#/components/parameters/${name}` }
}

/** What may be refused of anything that is sent to be kept or told. */
export const WRITE_REFUSALS = ['too-large', 'unsupported', 'invalid', 'too-many', 'full', 'busy'] as const

/** What may be refused, by the status of each. */
export function refusals(...codes: RefusalCode[]): Readonly<Record<string, Reference>> {
  return Object.fromEntries(
    codes.map((code) => [String(STATUS[code]), { $ref: `#/components/responses/${code}` }]),
  )
}

export function json(of: Schema | Reference): Content {
  return { 'application/json': { schema: of } }
}

/** Text for whoever reads it. */
export const TEXT: Content = { 'text/plain': { schema: { type: 'string' } } }

export const HTML: Content = { 'text/html': { schema: { type: 'string' } } }

/** The same fields as a form and as a JSON object. */
export function formOrJson(of: Schema | Reference): Content {
  return { 'application/json': { schema: of }, 'application/x-www-form-urlencoded': { schema: of } }
}
