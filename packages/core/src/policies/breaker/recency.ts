/**
 * Stores values by key, in the order in which they were last used.
 */

/** A value and its neighbors in the order of use. */
interface Entry<Value> {
  readonly key: string
  readonly value: Value
  older: Entry<Value> | undefined
  newer: Entry<Value> | undefined
}

/**
 * A map whose iteration begins with the least recently used key.
 *
 * **Details**
 *
 * A plain `Map` also iterates in the order of insertion. However, it keeps the slots of deleted keys until it grows, and every
 * search for the oldest key steps over them: with 50 000 keys, that takes longer than everything else that a new key costs.
 */
export class Recency<Value> {
  private readonly entries = new Map<string, Entry<Value>>()
  private oldest: Entry<Value> | undefined = undefined
  private newest: Entry<Value> | undefined = undefined

  get size(): number {
    return this.entries.size
  }

  has(key: string): boolean {
    return this.entries.has(key)
  }

  /** Returns the value of a key and marks the key as the most recently used. */
  use(key: string): Value | undefined {
    const entry = this.entries.get(key)
    if (entry === undefined) return undefined
    if (entry !== this.newest) {
      this.unlink(entry)
      this.link(entry)
    }
    return entry.value
  }

  /** Adds a key that is not present as the most recently used. */
  add(key: string, value: Value): void {
    const entry = { key, value, older: undefined, newer: undefined }
    this.entries.set(key, entry)
    this.link(entry)
  }

  delete(key: string): void {
    const entry = this.entries.get(key)
    if (entry === undefined) return
    this.entries.delete(key)
    this.unlink(entry)
  }

  /**
   * Lists the keys with their values, beginning with the least recently used. The current key may be used or deleted; a key
   * that is used is listed again at the end.
   */
  *[Symbol.iterator](): Generator<readonly [key: string, value: Value]> {
    for (let entry = this.oldest; entry !== undefined;) {
      const { key, newer, value } = entry
      yield [key, value]
      entry = newer
    }
  }

  private link(entry: Entry<Value>): void {
    const { newest } = this
    entry.older = newest
    entry.newer = undefined
    if (newest === undefined) this.oldest = entry
    else newest.newer = entry
    this.newest = entry
  }

  private unlink({ newer, older }: Entry<Value>): void {
    if (older === undefined) this.oldest = newer
    else older.newer = newer
    if (newer === undefined) this.newest = older
    else newer.older = older
  }
}
