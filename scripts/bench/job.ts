/** How messages are sent. */
export type Pace =
  /** Closed loop: so many are under way, each until every subscriber has it. */
  | { readonly kind: 'in-flight'; readonly count: number }
  /** Open loop: messages a second, whatever becomes of them. */
  | { readonly kind: 'per-second'; readonly rate: number }

/** What the load process is told to do with one server. */
export type Job = FanOutJob | IdleJob | PostJob | RelayJob

interface Target {
  readonly port: number
  /** The server's process, for its use of processor and memory. */
  readonly pid: number
  readonly subscribers: number
}

export interface FanOutJob extends Target {
  readonly kind: 'fan-out'
  /** Sent first, eight in flight, and not measured. */
  readonly warmUp: number
  readonly messages: number
  readonly pace: Pace
}

export interface IdleJob extends Target {
  readonly kind: 'idle'
}

export interface PostJob extends Omit<Target, 'subscribers'> {
  readonly kind: 'post'
  /** The room's page. */
  readonly path: string
  readonly posters: number
  /** Not measured. */
  readonly warmUpMs: number
  readonly ms: number
  /** Posts a second, of all; undefined: each sends the next when the one before is answered. */
  readonly rate: number | undefined
}

/** From where to where a message goes. */
export interface Way {
  /** The ports at which it is posted and read. */
  readonly from: number
  readonly to: number
  /** The room's page. */
  readonly path: string
}

/** Messages that go one way after the other, again and again, each when the one before is there. */
export interface RelayJob {
  readonly kind: 'relay'
  readonly ways: readonly Way[]
  /** Where a bare publish goes as well, in each round. */
  readonly redis: string
  /** Rounds without a pause, not measured. */
  readonly warmUp: number
  readonly rounds: number
  /** From one message to the next. */
  readonly everyMs: number
}

/** What came of a fan-out. Times are milliseconds unless the name says otherwise. */
export interface FanOutOutcome {
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
  readonly lost: number
  readonly seconds: number
  /** Undefined where the system does not tell. */
  readonly serverCpuSeconds: number | undefined
  readonly loadCpuSeconds: number
  readonly p50: number
  readonly p99: number
  readonly max: number
  readonly bytesPerDelivery: number
}

/** What came of posting. Times are milliseconds, from when a post was due. */
export interface PostOutcome {
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
export interface Times {
  readonly p50: number
  readonly p99: number
}

export interface RelayOutcome {
  readonly kind: 'relay'
  /** Of each way. */
  readonly ways: readonly Times[]
  readonly bare: Times
}

export interface IdleOutcome {
  readonly kind: 'idle'
  readonly lost: number
  /** Resident bytes that one more open stream takes; undefined where the system does not tell. */
  readonly bytesPerSubscriber: number | undefined
}
