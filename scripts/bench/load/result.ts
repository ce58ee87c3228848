/** The result of a job. */
export type JobResult =
  | FanOutResult
  | IdleResult
  | ChurnResult
  | CrowdResult
  | ProbeResult
  | SlowResult
  | PostResult
  | RelayResult

/** The result of a fan-out. Times are milliseconds unless the name has another unit. */
export interface FanOutResult {
  readonly kind: 'fan-out'
  /** Expected deliveries: messages × subscribers of a room. */
  readonly expected: number
  readonly deliveries: number
  readonly duplicates: number
  /** Deliveries in another order than that of the first recipients. */
  readonly disordered: number
  /** Posts answered with anything but 2xx or 3xx. */
  readonly refused: number
  /** Subscribers whose stream the server ended. */
  readonly endedByServer: number
  readonly seconds: number
  /** Undefined if the system does not provide it. */
  readonly serverCpuSeconds: number | undefined
  readonly loadCpuSeconds: number
  readonly p50: number
  readonly p99: number
  readonly max: number
  readonly bytesPerDelivery: number
  /** Resident bytes of the server and the second server at the end; undefined if the system does not provide them. */
  readonly resident: number | undefined
}

/** The result of posting. Times are milliseconds from when a post was due. */
export interface PostResult {
  readonly kind: 'post'
  readonly perSecond: number
  readonly p50: number
  readonly p99: number
  readonly refused: number
  readonly seconds: number
  /** Undefined if the system does not provide it. */
  readonly serverCpuSeconds: number | undefined
  readonly loadCpuSeconds: number
}

/** Milliseconds from sending a message to receiving its last byte. */
export interface LatencyQuantiles {
  readonly p50: number
  readonly p99: number
  readonly max: number
}

export interface RelayResult {
  readonly kind: 'relay'
  /** For each route. */
  readonly routes: readonly LatencyQuantiles[]
  readonly barePublish: LatencyQuantiles
}

export interface IdleResult {
  readonly kind: 'idle'
  readonly endedByServer: number
  /** Resident bytes per additional stream; undefined if the system does not provide them. */
  readonly bytesPerSubscriber: number | undefined
  /** CPU during the measurement; undefined if the system does not provide it. */
  readonly serverCpuSeconds: number | undefined
  readonly seconds: number
}

/** Memory is resident bytes; undefined if the system does not provide them. */
export interface ChurnResult {
  readonly kind: 'churn'
  readonly endedByServer: number
  /** Before the first round. */
  readonly fresh: number | undefined
  /** After one round. */
  readonly before: number | undefined
  /** After half of the measured rounds. */
  readonly half: number | undefined
  /** After all measured rounds. */
  readonly after: number | undefined
  /** Per stream that was opened and closed. */
  readonly serverCpuSeconds: number | undefined
}

export interface CrowdResult {
  readonly kind: 'crowd'
  readonly endedByServer: number
  readonly refused: number
  /** Deliveries per second. */
  readonly perSecond: number
}

export interface ProbeResult {
  readonly kind: 'probe'
  readonly endedByServer: number
  readonly refused: number
  /** From the post to the delivery to each reader. */
  readonly delivery: LatencyQuantiles
  /** Response time of `/healthz`. */
  readonly health: LatencyQuantiles
}

export interface SlowResult {
  readonly kind: 'slow'
  readonly endedByServer: number
  readonly refused: number
  /** Deliveries that are missing. */
  readonly missing: number
  readonly delivery: LatencyQuantiles
  /** Peak resident bytes above those at the start. */
  readonly residentRise: number | undefined
  /** Undefined if the system does not provide it. */
  readonly serverCpuSeconds: number | undefined
  readonly seconds: number
  /** Bytes posted for each stalled reader. */
  readonly backlog: number
  /** Bytes in the kernel's buffers for one stalled reader. */
  readonly kernelBufferBytes: number
  /** Stalled readers that the server cut. */
  readonly cutCount: number | undefined
  /** Milliseconds from when the buffers in the process reached their promised bound until the last reader was cut. */
  readonly cutAfterMs: number | undefined
}
