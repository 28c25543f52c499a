/**
 * Queues of items by key. Items with the same key are taken in order, and keys take turns.
 */

/** Items of several keys that wait for their turn. */
export interface RoundRobin<A> {
  readonly size: () => number
  readonly add: (key: string, item: A) => void
  /** Removes an item that has not been taken. */
  readonly remove: (key: string, item: A) => void
  /** Returns the item that `take` without an order would take. */
  readonly peek: () => A | undefined
  /**
   * Takes the next item of the key that is first by `isFirst`. Among keys of which none is first, the key whose last turn was
   * longest ago is next.
   */
  readonly take: (isFirst?: (a: string, b: string) => boolean) => { readonly key: string; readonly item: A } | undefined
}

export const make = <A>(): RoundRobin<A> => {
  // A Map iterates in the order of insertion. A key that had its turn is inserted again, behind all others.
  const queues = new Map<string, Set<A>>()
  let size = 0

  const next = (isFirst: (a: string, b: string) => boolean): string | undefined => {
    let found: string | undefined
    for (const key of queues.keys()) if (found === undefined || isFirst(key, found)) found = key
    return found
  }

  const inTurn = () => false

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
    take: (isFirst = inTurn) => {
      const key = next(isFirst)
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
