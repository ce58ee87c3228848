import { type IncomingHttpHeaders, request } from 'node:http'
import { text } from 'node:stream/consumers'

export interface RawResponse {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

/**
 * Sends a request from a loopback address (on Linux any of 127.0.0.0/8), with headers that `fetch` does not allow. With
 * fields it is a POST of a form, without it is a GET.
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
