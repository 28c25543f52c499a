/**
 * Queues of items by key. Items with the same key are taken in order, and keys take turns.
 */

/** Items of several keys that wait for their turn. */
export interface RoundRobin<A> {
  readonly size: () => number
  readonly add: (key: string, item: A) => void
  /** Removes an item that has not been taken. */
  readonly remove: (key: string, item: A) => void
  /** Returns the item that `take` without a load would take. */
  readonly peek: () => A | undefined
  /**
   * Takes the next item of the key with the lowest `load`. Among keys with the same load, the key whose last turn was longest
   * ago is next.
   */
  readonly take: (load?: (key: string) => number) => { readonly key: string; readonly item: A } | undefined
}

export const make = <A>(): RoundRobin<A> => {
  // A Map iterates in the order of insertion. A key that had its turn is inserted again, behind all others.
  const queues = new Map<string, Set<A>>()
  let size = 0

  const next = (load: (key: string) => number): string | undefined => {
    let found: string | undefined
    let least = Number.POSITIVE_INFINITY
    for (const key of queues.keys()) {
      const own = load(key)
      if (own >= least) continue
      found = key
      least = own
    }
    return found
  }

  const none = () => 0

  return {
    size: () => size,
    add: (key, item) => {
      const queue = queues.get(key) ?? new Set()
      queues.set(key, queue)
      size -= queue.size
      queue.add(item)
      size += queue.size
    },
    remove: (key, item) => {
      const queue = queues.get(key)
      if (queue?.delete(item) !== true) return
      size--
      if (queue.size === 0) queues.delete(key)
    },
    peek: () => {
      for (const queue of queues.values()) for (const item of queue) return item
      return undefined
    },
    take: (load = none) => {
      const key = next(load)
      const queue = key === undefined ? undefined : queues.get(key)
      if (key === undefined || queue === undefined) return undefined
      for (const item of queue) {
        queue.delete(item)
        size--
        queues.delete(key)
        if (queue.size > 0) queues.set(key, queue)
        return { key, item }
      }
      return undefined
    },
  }
}
