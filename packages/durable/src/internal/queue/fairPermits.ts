/**
 * Permits whose number may change, shared fairly between keys. The key of a permit is the file whose part it admits.
 */
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as RoundRobin from "./roundRobin.ts"

/** A limit on how many effects run at once. */
export interface FairPermits {
  readonly limit: () => number
  readonly inUse: () => number
  readonly waiting: () => number
  /** Changes the limit. A lowered limit takes effect as running effects end. */
  readonly setLimit: (limit: number) => void
  /** Runs an effect as soon as a permit is available. The permit is released when the effect ends. */
  readonly withPermit: (key: string) => <A, E, R>(effect: Effect.Effect<A, E, R>) => Effect.Effect<A, E, R>
}

interface Waiter {
  granted: boolean
  /** Resumes the waiting fiber, once the fiber has suspended. */
  resume: (() => void) | undefined
}

/**
 * Creates permits.
 *
 * **Details**
 *
 * A free permit goes to the key that holds the fewest permits. Among such keys, permits are granted in turn. A key that holds
 * all permits therefore shares them equally with a second key as soon as its running effects end, and many keys with one
 * effect each cannot starve a key with many.
 */
export const make = (initial: number): FairPermits => {
  const waiters = RoundRobin.make<Waiter>()
  const held = new Map<string, number>()
  let limit = initial
  let inUse = 0

  const heldBy = (key: string): number => held.get(key) ?? 0

  const grant = (): void => {
    while (inUse < limit) {
      const next = waiters.take(heldBy)
      if (next === undefined) return
      inUse++
      held.set(next.key, heldBy(next.key) + 1)
      next.item.granted = true
      next.item.resume?.()
    }
  }

  const release = (key: string): void => {
    inUse--
    const left = heldBy(key) - 1
    if (left > 0) held.set(key, left)
    else held.delete(key)
    grant()
  }

  /** Waits for a permit. A waiter that is interrupted returns the permit that it may have been granted meanwhile. */
  const acquire = (key: string, restore: <A, E, R>(effect: Effect.Effect<A, E, R>) => Effect.Effect<A, E, R>) =>
    Effect.suspend(() => {
      const waiter: Waiter = { granted: false, resume: undefined }
      waiters.add(key, waiter)
      grant()
      if (waiter.granted) return Effect.void
      const granted = Effect.callback<void>((resume) => {
        // The fiber may have yielded between the two steps, and the permit may have been granted meanwhile.
        if (waiter.granted) resume(Effect.void)
        else waiter.resume = () => resume(Effect.void)
      })
      return Effect.onExit(restore(granted), (exit) =>
        Effect.sync(() => {
          if (Exit.isSuccess(exit)) return
          waiters.remove(key, waiter)
          if (waiter.granted) release(key)
        }),
      )
    })

  return {
    limit: () => limit,
    inUse: () => inUse,
    waiting: waiters.size,
    setLimit: (next) => {
      limit = next
      grant()
    },
    withPermit: (key) => (effect) =>
      Effect.uninterruptibleMask((restore) =>
        Effect.andThen(
          acquire(key, restore),
          Effect.onExit(restore(effect), () => Effect.sync(() => release(key))),
        ),
      ),
  }
}
