/** How messages are sent. */
export type Pace =
  /** Closed loop: so many are under way, each until every subscriber has it. */
  | { readonly kind: 'in-flight'; readonly count: number }
  /** Open loop: messages a second, whatever becomes of them. */
  | { readonly kind: 'per-second'; readonly rate: number }

/** What the load process is told to do with one server. */
export type Job = FanOutJob | IdleJob | ChurnJob | CrowdJob | ProbeJob | SlowJob | PostJob | RelayJob

interface Target {
  readonly port: number
  /** The server's process, for its use of processor and memory. */
  readonly pid: number
}

export interface FanOutJob extends Target {
  readonly kind: 'fan-out'
  readonly subscribers: number
  /** Among which the subscribers are shared out evenly; messages go to one after the other. One where it is not said. */
  readonly rooms?: number
  /** Which of the room's streams is read; that of its page where it is not said. */
  readonly stream?: string
  /** How often a message's text is in its frame; once where it is not said. */
  readonly copies?: number
  /** Another server of the same rooms, at which half of the subscribers are. */
  readonly second?: Target
  /** Other processes that work for it, whose processor counts as the server's. */
  readonly helperPids?: readonly number[]
  /** Sent first, eight in flight, and not measured. */
  readonly warmUp: number
  readonly messages: number
  readonly pace: Pace
}

export interface IdleJob extends Target {
  readonly kind: 'idle'
  readonly subscribers: number
  /** How long those who came are left alone first: what their coming left behind is cleared away meanwhile. */
  readonly settleMs: number
  /** How long nothing happens but heartbeats. */
  readonly ms: number
}

/** Connects and leaves, again and again. */
export interface ChurnJob extends Target {
  readonly kind: 'churn'
  readonly subscribers: number
  readonly rounds: number
}

/** A crowd that keeps a room saturated, after it was quiet for a while. Says `open`, then `saturated`. */
export interface CrowdJob extends Target {
  readonly kind: 'crowd'
  readonly subscribers: number
  readonly quietMs: number
  readonly ms: number
}

/** A few people in a room of their own, and a look at whether the server lives, every so often. */
export interface ProbeJob extends Target {
  readonly kind: 'probe'
  readonly path: string
  readonly subscribers: number
  readonly everyMs: number
  readonly ms: number
}

/** Readers of whom some stop reading as long as they are posted to. */
export interface SlowJob extends Target {
  readonly kind: 'slow'
  /** Who read on. */
  readonly subscribers: number
  readonly stalled: number
  readonly messages: number
  readonly textBytes: number
  /** Messages a second. */
  readonly rate: number
}

export interface PostJob extends Target {
  readonly kind: 'post'
  /** What is asked for by each poster: that a message be taken, or the page. */
  readonly ask?: 'page'
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
export interface RelayRoute {
  /** The ports at which it is posted and read. */
  readonly from: number
  readonly to: number
  /** The room's page. */
  readonly path: string
}

/** Messages that go one way after the other, again and again, each when the one before is there. */
export interface RelayJob {
  readonly kind: 'relay'
  readonly routes: readonly RelayRoute[]
  /** Where a bare publish goes as well, in each round. */
  readonly redis: string
  /** Rounds without a pause, not measured. */
  readonly warmUp: number
  readonly rounds: number
  /** From one message to the next. */
  readonly everyMs: number
}
