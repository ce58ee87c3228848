/** A set of page numbers. It takes a bit per page: some tens of kilobytes for a database of a gigabyte. */
export class PageSet {
  #bits = new Uint8Array(0)

  add(page: number): void {
    this.#growTo(page)
    const byte = this.#bits[page >> 3] ?? 0
    this.#bits[page >> 3] = byte | (1 << (page & 7))
  }

  /** Adds every page up to and including the last one. */
  addThrough(last: number): void {
    this.#growTo(last)
    this.#bits.fill(0xff, 0, last >> 3)
    for (let page = last & ~7; page <= last; page++) this.add(page)
  }

  /** Removes the lowest pages, `max` at most. If fewer are returned, the set is empty. */
  take(max: number): number[] {
    const taken: number[] = []
    for (let index = 0; index < this.#bits.length && taken.length < max; index++) {
      for (let bit = 0, byte = this.#bits[index] ?? 0; byte !== 0 && taken.length < max; bit++) {
        if ((byte & (1 << bit)) === 0) continue
        byte &= ~(1 << bit)
        this.#bits[index] = byte
        taken.push(index * 8 + bit)
      }
    }
    return taken
  }

  #growTo(page: number): void {
    const bytes = (page >> 3) + 1
    if (bytes <= this.#bits.length) return
    const grown = new Uint8Array(Math.max(bytes, 2 * this.#bits.length))
    grown.set(this.#bits)
    this.#bits = grown
  }
}
