/** How large it gets. */
export interface Sizes {
  readonly readers: readonly number[]
  readonly rooms: readonly number[]
  /** On one Redis; 0 is one that needs none. */
  readonly processes: readonly number[]
  /** Of all rooms together, and of the room of many processes. */
  readonly readersOfRooms: number
  /** Deliveries of each measurement, more or less. */
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

/** @param most readers that there may be; undefined: as many as are of interest */
export function sizesUpTo(most: number = Number.POSITIVE_INFINITY): Sizes {
  const within = (size: number) => size <= most
  const readersOfRooms = Math.min(FULL_SIZES.readersOfRooms, most)
  const readers = FULL_SIZES.readers.filter(within)
  return {
    ...FULL_SIZES,
    // The peers are compared at the number of readers that rooms have.
    readers: readers.includes(readersOfRooms) ? readers : [...readers, readersOfRooms],
    // Each room has as many as any other.
    rooms: FULL_SIZES.rooms.filter((rooms) => readersOfRooms % rooms === 0),
    readersOfRooms,
  }
}
