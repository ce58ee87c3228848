/** The pace of messages. */
export type Pace =
  /** Closed loop: `count` messages are in flight, each until every subscriber has it. */
  | { readonly kind: 'in-flight'; readonly count: number }
  /** Open loop: `rate` messages per second, regardless of deliveries. */
  | { readonly kind: 'per-second'; readonly rate: number }

/** A job of the load process, for one server. */
export type Job = FanOutJob | IdleJob | ChurnJob | CrowdJob | ProbeJob | SlowJob | PostJob | RelayJob

interface Target {
  readonly port: number
  /** Process id of the server, to measure its CPU and memory. */
  readonly pid: number
}

export interface FanOutJob extends Target {
  readonly kind: 'fan-out'
  readonly subscribers: number
  /** Rooms among which the subscribers are divided evenly. Messages go to each room in turn. One by default. */
  readonly rooms?: number
  /** The stream to read, such as `live.txt`; that of the room's page by default. */
  readonly stream?: string
  /** How often a frame contains the message's text; once by default. */
  readonly copies?: number
  /** A second server of the same rooms, for half of the subscribers. */
  readonly second?: Target
  /** Helper processes, whose CPU counts as the server's. */
  readonly helperPids?: readonly number[]
  /** Messages sent first, eight in flight, and not measured. */
  readonly warmUp: number
  readonly messages: number
  readonly pace: Pace
}

export interface IdleJob extends Target {
  readonly kind: 'idle'
  readonly subscribers: number
  /** Pause before the measurement: the server collects the garbage of opening the streams. */
  readonly settleMs: number
  /** Duration of the measurement, with only heartbeats. */
  readonly ms: number
}

/** Opens and closes streams, again and again. */
export interface ChurnJob extends Target {
  readonly kind: 'churn'
  readonly subscribers: number
  readonly rounds: number
}

/** A crowd that is quiet for a while, then saturates its room. Prints `open`, then `saturated`. */
export interface CrowdJob extends Target {
  readonly kind: 'crowd'
  readonly subscribers: number
  readonly quietMs: number
  readonly ms: number
}

/** A few readers in a room of their own, and requests to `/healthz`, both at an interval. */
export interface ProbeJob extends Target {
  readonly kind: 'probe'
  readonly path: string
  readonly subscribers: number
  readonly everyMs: number
  readonly ms: number
}

/** Some readers stop reading while messages are posted. */
export interface SlowJob extends Target {
  readonly kind: 'slow'
  /** Readers who continue to read. */
  readonly subscribers: number
  /** Readers who stop reading. */
  readonly stalled: number
  readonly messages: number
  readonly textBytes: number
  /** Messages per second. */
  readonly rate: number
}

export interface PostJob extends Target {
  readonly kind: 'post'
  /** `page`: loads the room's page instead of posting a message. */
  readonly ask?: 'page'
  /** The room's page. */
  readonly path: string
  readonly posters: number
  /** Not measured. */
  readonly warmUpMs: number
  readonly ms: number
  /** Posts per second of all posters; undefined: each posts again as soon as it has the response. */
  readonly rate: number | undefined
}

/** The route of a message from one server to another. */
export interface RelayRoute {
  /** Port of the server where it is posted. */
  readonly from: number
  /** Port of the server where it is read. */
  readonly to: number
  /** The room's page. */
  readonly path: string
}

/** Messages sent over each route in turn, again and again, each after the previous one has arrived. */
export interface RelayJob {
  readonly kind: 'relay'
  readonly routes: readonly RelayRoute[]
  /** URL of the Redis for a bare publish in each round. */
  readonly redis: string
  /** Rounds without a pause, not measured. */
  readonly warmUp: number
  readonly rounds: number
  /** Milliseconds between two messages. */
  readonly everyMs: number
}
