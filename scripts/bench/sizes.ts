/** The sizes at which growth is measured. */
export interface Sizes {
  readonly readers: readonly number[]
  readonly rooms: readonly number[]
  /** Processes on one Redis; 0 is a single process without Redis. */
  readonly processes: readonly number[]
  /** Readers of all rooms together, and of the room on many processes. */
  readonly readersOfRooms: number
  /** Approximate deliveries of each measurement. */
  readonly deliveries: number
  readonly trickleMessages: number
  readonly steadyMessages: number
}

const FULL_SIZES: Sizes = {
  readers: [10, 100, 1000, 10_000],
  rooms: [1, 10, 100, 1000],
  processes: [0, 1, 2],
  readersOfRooms: 1000,
  deliveries: 100_000,
  trickleMessages: 10,
  steadyMessages: 400,
}

/** @param readersMax the most readers of any measurement; unbounded by default */
export function sizesUpTo(readersMax: number = Number.POSITIVE_INFINITY): Sizes {
  const within = (size: number) => size <= readersMax
  const readersOfRooms = Math.min(FULL_SIZES.readersOfRooms, readersMax)
  const readers = FULL_SIZES.readers.filter(within)
  return {
    ...FULL_SIZES,
    // Peers are compared at `readersOfRooms`, so this size must be measured.
    readers: readers.includes(readersOfRooms) ? readers : [...readers, readersOfRooms],
    // All rooms have the same number of readers.
    rooms: FULL_SIZES.rooms.filter((rooms) => readersOfRooms % rooms === 0),
    readersOfRooms,
  }
}
