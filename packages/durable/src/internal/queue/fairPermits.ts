/**
 * Permits whose number may change, shared fairly between keys. The key of a permit is the file whose part it admits.
 */
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as RoundRobin from "./roundRobin.ts"

/** A limit on how many effects run at once. */
export interface FairPermits {
  readonly limit: () => number
  /** The number of effects that run. */
  readonly running: () => number
  readonly waiting: () => number
  /** Changes the limit. A lowered limit takes effect as running effects end. */
  readonly setLimit: (limit: number) => void
  /**
   * Runs an effect as soon as a permit is available. The permit is released when the effect ends. `bytes` is what the effect
   * sends. Default: 1, so that all effects count the same. `weight` is the share of a permit that the effect takes, greater than
   * 0 and at most 1. Default: 1. An `urgent` effect is admitted beyond the limit, but never beyond `most`, and before effects that
   * are not urgent. Default: false.
   */
  readonly withPermit: (
    key: string,
    bytes?: number,
    weight?: number,
    urgent?: boolean,
  ) => <A, E, R>(effect: Effect.Effect<A, E, R>) => Effect.Effect<A, E, R>
}

/** Sums of weights that should be equal may differ by less than this. */
const rounding = 1e-9

interface Waiter {
  readonly bytes: number
  /** The share of a permit that the waiter asks for, or holds once it has been granted. */
  weight: number
  readonly urgent: boolean
  granted: boolean
  /** Resumes the waiting fiber, once the fiber has suspended. */
  resume: (() => void) | undefined
}

/** The share of a key. */
interface Share {
  /** The sum of the weights of the effects that run. */
  held: number
  waiting: number
  /** The number of urgent effects that wait. */
  urgent: number
  /** The bytes that were admitted for the key, on the scale of an equal share. */
  used: number
}

/**
 * Creates permits.
 *
 * **Details**
 *
 * A free permit goes to the key that holds the fewest permits, and among such keys to the one for which the fewest bytes were
 * admitted. Keys with the same number of bytes take turns. A key that holds all permits therefore shares them equally with a
 * second key as soon as its running effects end. With a single permit, a file of one small part does not wait for a large part
 * of each other file.
 *
 * Effects of less weight share a permit, unless the limit is 1. An effect of full weight is admitted while any part of a permit is
 * free, so that effects of less weight cannot keep it waiting forever. At most `most` effects run at once, whatever their weight.
 *
 * A key that comes later begins with the bytes that an equal share would have given it. It therefore cannot claim a share of
 * the past, and many keys with one small effect each cannot starve a key with large ones.
 */
export const make = (initial: number, most = Number.POSITIVE_INFINITY): FairPermits => {
  const waiters = RoundRobin.make<Waiter>()
  const shares = new Map<string, Share>()
  let limit = initial
  let running = 0
  /** The sum of the weights of the effects that run. */
  let inUse = 0
  /** The number of urgent effects that wait. */
  let urgent = 0
  /** The bytes that were admitted for a key that always had effects. */
  let equal = 0

  const shareOf = (key: string): Share => {
    const share = shares.get(key) ?? { held: 0, waiting: 0, urgent: 0, used: equal }
    shares.set(key, share)
    return share
  }

  const isFirst = (a: string, b: string): boolean => {
    const [first, second] = [shareOf(a), shareOf(b)]
    if (first.urgent > 0 !== second.urgent > 0) return first.urgent > 0
    return first.held < second.held || (first.held === second.held && first.used < second.used)
  }

  /** Charges a key for what it is admitted to send. Keys without effects keep what they used beyond an equal share. */
  const charge = (share: Share, bytes: number): void => {
    share.used += bytes
    let active = 0
    for (const { held, waiting } of shares.values()) if (held + waiting > 0) active++
    equal += bytes / active
    for (const [key, { held, used, waiting }] of shares) if (held + waiting === 0 && used <= equal) shares.delete(key)
  }

  const leave = (share: Share, waiter: Waiter): void => {
    share.waiting--
    if (!waiter.urgent) return
    share.urgent--
    urgent--
  }

  const grant = (): void => {
    while ((inUse < limit - rounding || urgent > 0) && running < most) {
      const next = waiters.take(isFirst)
      if (next === undefined) return
      if (limit <= 1) next.item.weight = 1
      running++
      inUse += next.item.weight
      const share = shareOf(next.key)
      leave(share, next.item)
      share.held += next.item.weight
      charge(share, next.item.bytes)
      next.item.granted = true
      next.item.resume?.()
    }
  }

  const release = (key: string, { weight }: Waiter): void => {
    running--
    inUse = running === 0 ? 0 : inUse - weight
    const share = shareOf(key)
    share.held -= weight
    if (share.held < rounding) share.held = 0
    grant()
  }

  /** Waits for a permit. A waiter that is interrupted returns the permit that it may have been granted meanwhile. */
  const acquire = (
    key: string,
    waiter: Waiter,
    restore: <A, E, R>(effect: Effect.Effect<A, E, R>) => Effect.Effect<A, E, R>,
  ) =>
    Effect.suspend(() => {
      waiters.add(key, waiter)
      const share = shareOf(key)
      share.waiting++
      if (waiter.urgent) {
        share.urgent++
        urgent++
      }
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
          if (waiter.granted) return release(key, waiter)
          waiters.remove(key, waiter)
          leave(share, waiter)
        }),
      )
    })

  return {
    limit: () => limit,
    running: () => running,
    waiting: waiters.size,
    setLimit: (next) => {
      limit = next
      grant()
    },
    withPermit:
      (key, bytes = 1, weight = 1, isUrgent = false) =>
      (effect) =>
        Effect.uninterruptibleMask((restore) => {
          const waiter: Waiter = { bytes, weight, urgent: isUrgent, granted: false, resume: undefined }
          return Effect.andThen(
            acquire(key, waiter, restore),
            Effect.onExit(restore(effect), () => Effect.sync(() => release(key, waiter))),
          )
        }),
  }
}
