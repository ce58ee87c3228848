import { UnusableResource } from '../chat/unusable-resource.ts'

/** Redis can't be used. The message has one or more whole lines for the operator. */
export class UnusableRedis extends UnusableResource {}
