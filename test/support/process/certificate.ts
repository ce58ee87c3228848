import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { emptyFolder, type TestScope } from './snug-process.ts'

/** The paths of a certificate and its key. */
export interface Certificate {
  readonly certificate: string
  readonly key: string
}

/** Makes a self-signed certificate for 127.0.0.1, which is deleted after the test. */
export async function createSelfSigned(t: TestScope): Promise<Certificate> {
  const folder = await emptyFolder(t)
  const [certificate, key] = [join(folder, 'ours.crt'), join(folder, 'ours.key')]
  execFileSync(
    process.env.OPENSSL ?? 'openssl',
    [
      ...['req', '-x509', '-nodes', '-newkey', 'rsa:2048', '-days', '2', '-subj', '/CN=snug-test'],
      ...['-addext', 'subjectAltName=IP:127.0.0.1', '-keyout', key, '-out', certificate],
    ],
    { stdio: 'pipe' },
  )
  return { certificate, key }
}
