/** What comes of a job. */
export type JobResult =
  | FanOutResult
  | IdleResult
  | ChurnResult
  | CrowdResult
  | ProbeResult
  | SlowResult
  | PostResult
  | RelayResult

/** What came of a fan-out. Times are milliseconds unless the name says otherwise. */
export interface FanOutResult {
  readonly kind: 'fan-out'
  /** Deliveries that there should be: messages × subscribers. */
  readonly expected: number
  readonly deliveries: number
  readonly duplicates: number
  /** Deliveries in another order than that of the first who had them. */
  readonly disordered: number
  /** Posts that were answered with anything but 2xx or 3xx. */
  readonly refused: number
  /** Subscribers whose stream the server ended. */
  readonly endedByServer: number
  readonly seconds: number
  /** Undefined where the system does not tell. */
  readonly serverCpuSeconds: number | undefined
  readonly loadCpuSeconds: number
  readonly p50: number
  readonly p99: number
  readonly max: number
  readonly bytesPerDelivery: number
  /** Resident bytes of the server, and of the second one, right after; undefined where the system does not tell. */
  readonly resident: number | undefined
}

/** What came of posting. Times are milliseconds, from when a post was due. */
export interface PostResult {
  readonly kind: 'post'
  readonly perSecond: number
  readonly p50: number
  readonly p99: number
  readonly refused: number
  readonly seconds: number
  /** Undefined where the system does not tell. */
  readonly serverCpuSeconds: number | undefined
  readonly loadCpuSeconds: number
}

/** Milliseconds from the sending to the last byte that says what was sent. */
export interface LatencyQuantiles {
  readonly p50: number
  readonly p99: number
  readonly max: number
}

export interface RelayResult {
  readonly kind: 'relay'
  /** Of each way. */
  readonly routes: readonly LatencyQuantiles[]
  readonly barePublish: LatencyQuantiles
}

export interface IdleResult {
  readonly kind: 'idle'
  readonly endedByServer: number
  /** Resident bytes that one more open stream takes; undefined where the system does not tell. */
  readonly bytesPerSubscriber: number | undefined
  /** While nothing happened; undefined where the system does not tell. */
  readonly serverCpuSeconds: number | undefined
  readonly seconds: number
}

/** Resident bytes; undefined where the system does not tell. */
export interface ChurnResult {
  readonly kind: 'churn'
  readonly endedByServer: number
  /** Before anybody came. */
  readonly fresh: number | undefined
  /** When all had come and gone once. */
  readonly before: number | undefined
  /** When half of the rounds were over. */
  readonly half: number | undefined
  /** When all had come and gone again, as often as was asked. */
  readonly after: number | undefined
  /** Of one connect and disconnect. */
  readonly serverCpuSeconds: number | undefined
}

export interface CrowdResult {
  readonly kind: 'crowd'
  readonly endedByServer: number
  readonly refused: number
  readonly perSecond: number
}

export interface ProbeResult {
  readonly kind: 'probe'
  readonly endedByServer: number
  readonly refused: number
  /** From the post until each has it. */
  readonly delivery: LatencyQuantiles
  /** Until the server says that it lives. */
  readonly health: LatencyQuantiles
}

export interface SlowResult {
  readonly kind: 'slow'
  readonly endedByServer: number
  readonly refused: number
  readonly missing: number
  readonly delivery: LatencyQuantiles
  /** Resident bytes at the highest, above what they were before. */
  readonly residentRise: number | undefined
  /** Undefined where the system does not tell. */
  readonly serverCpuSeconds: number | undefined
  readonly seconds: number
  /** Bytes that each of those who stalled would have been sent. */
  readonly backlog: number
  /** What the kernel took for one of them. */
  readonly kernelBufferBytes: number
  /** Of those who stalled. */
  readonly cutCount: number | undefined
  /** From when so much waited in the process as is promised to be its most, to when the last was cut. */
  readonly cutAfterMs: number | undefined
}
