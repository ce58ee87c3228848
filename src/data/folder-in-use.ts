import { UnusableResource } from '../chat/unusable-resource.ts'

/** Another process uses the data folder. */
export class FolderInUse extends UnusableResource {}

export function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT'
}
