/**
 * A bounded cache of the latest entries. It has two generations, and drops the older one as a whole: a single Map grows
 * slow when its first entries are deleted again and again.
 */
export class RecentCache<Value> {
  readonly #max: number
  #newer = new Map<string, Value>()
  #older = new Map<string, Value>()

  /** @param max the most entries; the latest `max / 2` are always among them */
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

  /** Begins a new generation: drops entries that were not set since the last one began. */
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
