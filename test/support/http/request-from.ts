import { type IncomingHttpHeaders, request } from 'node:http'
import { text } from 'node:stream/consumers'

export interface RawResponse {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

/**
 * Sends a request from an address of loopback, all of 127.0.0.0/8 on Linux, with headers that `fetch` would not let
 * through; posts what fields there are.
 */
export function requestFrom(
  localAddress: string,
  url: string,
  headers: Record<string, string | string[]> = {},
  fields?: Record<string, string>,
): Promise<RawResponse> {
  return new Promise((resolve, reject) => {
    const form = { 'Content-Type': 'application/x-www-form-urlencoded' }
    const options = { localAddress, agent: false, method: fields ? 'POST' : 'GET' }
    request(url, { ...options, headers: { ...(fields && form), ...headers } }, (response) => {
      text(response).then((body) => {
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body })
      }, reject)
    })
      .once('error', reject)
      .end(fields && String(new URLSearchParams(fields)))
  })
}
