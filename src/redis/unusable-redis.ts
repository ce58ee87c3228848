import { UnusableResource } from '../chat/unusable-resource.ts'

/** Redis can't be used; the message is one whole line or more for whoever runs Snug. */
export class UnusableRedis extends UnusableResource {}
