/**
 * What a process found out and may forget again, of the latest only: two generations, of which the older one gives way
 * whole. A single Map whose first entries are deleted again and again grows slow.
 */
export class RecentCache<Value> {
  readonly #max: number
  #newer = new Map<string, Value>()
  #older = new Map<string, Value>()

  /** @param max so many at the most; half as many of the latest are there for certain */
  constructor(max: number) {
    this.#max = max
  }

  get(key: string): Value | undefined {
    return this.#newer.get(key) ?? this.#older.get(key)
  }

  set(key: string, value: Value): void {
    if (this.#newer.size >= this.#max / 2 && !this.#newer.has(key)) this.age()
    this.#older.delete(key)
    this.#newer.set(key, value)
  }

  delete(key: string): void {
    this.#newer.delete(key)
    this.#older.delete(key)
  }

  /** Forgets what was not set since this was called before. */
  age(): void {
    this.#older = this.#newer
    this.#newer = new Map()
  }

  clear(): void {
    this.#newer.clear()
    this.#older.clear()
  }

  get size(): number {
    return this.#newer.size + this.#older.size
  }
}
