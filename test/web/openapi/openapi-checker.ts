import assert from 'node:assert/strict'
import { Ajv2020 } from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'
import type { buildDocument } from '../../../src/web/openapi/document.ts'
import type {
  Method,
  Operation,
  OperationResponse,
  Paths,
  Reference,
} from '../../../src/web/openapi/operation.ts'

export type Description = ReturnType<typeof buildDocument>

export interface RequestParts {
  readonly room?: string
  readonly id?: string
  readonly token?: string
  readonly query?: Readonly<Record<string, string>>
  readonly headers?: Readonly<Record<string, string>>
  readonly json?: object
  readonly text?: string
}

/** Uses a server only by its description, and checks that the responses are as described. */
export class OpenApiChecker {
  /** `<method> <path> <status> <type>` of all responses. */
  readonly covered = new Set<string>()
  readonly #description: Description
  readonly #ajv: Ajv2020

  constructor(description: Description) {
    this.#description = description
    this.#ajv = new Ajv2020({ strict: false, allErrors: true })
    addFormats.default(this.#ajv)
    this.#ajv.addSchema(description, 'snug')
  }

  get paths(): Paths {
    return this.#description.paths
  }

  /** Sends a request to a described operation and checks the response. The body is read unless it is a stream. */
  async request(method: Method, path: string, sent: RequestParts = {}): Promise<Response> {
    const operation = this.paths[path]?.[method]
    assert.ok(operation, `${method} ${path} is not described`)
    const response = await this.#send(method, path, sent)
    const expected = this.#findResponse(operation, response.status)
    assert.ok(expected, `${method} ${path} answers ${response.status}, which is not described`)
    const type = response.headers.get('Content-Type')?.split(';')[0] ?? ''
    this.covered.add(`${method} ${path} ${response.status} ${type}`)
    if (response.status < 300 && sent.json)
      this.#assertBodyValid(operation.requestBody?.content['application/json'], sent.json)
    if (!expected.content) {
      assert.equal(await response.clone().text(), '')
      return response
    }
    const media = expected.content[type]
    assert.ok(media, `${method} ${path} answers ${response.status} in ${type}, which is not described`)
    for (const [name, { schema }] of Object.entries(expected.headers ?? {}))
      this.assertValid(schema, Number(response.headers.get(name)))
    if (response.ok && path.includes('/live.')) return response
    const body = await response.clone().text()
    this.assertValid(resolveRefs(media.schema), type === 'application/json' ? JSON.parse(body) : body)
    return response
  }

  /** Fails for a value that the schema does not allow. */
  assertValid(schema: object, value: unknown): void {
    const validate = this.#ajv.compile(schema)
    assert.ok(validate(value), `${JSON.stringify(value)}: ${this.#ajv.errorsText(validate.errors)}`)
  }

  #assertBodyValid(media: { readonly schema: object } | undefined, body: object): void {
    assert.ok(media, 'This body is not described')
    this.assertValid(resolveRefs(media.schema), body)
  }

  #findResponse(operation: Operation, status: number): OperationResponse | undefined {
    const found: OperationResponse | Reference | undefined = operation.responses[status]
    if (!found || !('$ref' in found)) return found
    return this.#description.components.responses[found.$ref.split('/').pop() ?? '']
  }

  #send(method: Method, path: string, sent: RequestParts): Promise<Response> {
    const [server] = this.#description.servers
    const { room = '', id = '', token = '', query = {}, json, text } = sent
    const address = path
      .replace('{room}', encodeURIComponent(room))
      .replace('{id}', id)
      .replace('{token}', token)
    const body = json ? JSON.stringify(json) : text
    const type = json ? 'application/json' : 'text/plain'
    return fetch(`${server?.url}${address}?${new URLSearchParams(query)}`, {
      method: method.toUpperCase(),
      redirect: 'manual',
      headers: {
        Accept: 'application/json',
        ...(body !== undefined && { 'Content-Type': type }),
        ...sent.headers,
      },
      ...(body !== undefined && { body }),
    })
  }
}

// The references of a schema are relative to the whole description.
function resolveRefs(schema: object): object {
  return JSON.parse(JSON.stringify(schema).replaceAll('"#/components', '"snug#/components'))
}
