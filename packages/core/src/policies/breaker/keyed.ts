/**
 * A breaker for each key, in bounded memory and with bounded work for each new key.
 */
import { reader } from "../../pipeline/InvalidPolicy.ts"
import { Breaker } from "./breaker.ts"
import { checked, type Options } from "./options.ts"

/** The options of every breaker, and how many are kept. */
export interface KeyedOptions extends Options {
  /** How many keys are kept. Default: 1000. */
  readonly capacity?: number | undefined
}

/**
 * How many of the least recently used keys an eviction examines. Examining all of them would make each new key cost O(keys), and
 * during an outage no circuit is new enough to evict first.
 */
const examined = 16

/** Breakers by key, most recently used last. */
export class KeyedBreakers {
  /** @internal */
  readonly breakers = new Map<string, Breaker>()
  private readonly options: Options
  private readonly name: string
  private readonly capacity: number

  constructor({ capacity = 1000, ...options }: KeyedOptions) {
    checked(options)
    this.options = options
    this.name = options.name ?? "breaker"
    this.capacity = reader("CircuitBreaker").integer("capacity", capacity, { min: 1, max: 1_000_000 })
  }

  /** @internal */
  at(key: string, now: number): Breaker {
    const { breakers, capacity, name, options } = this
    let breaker = breakers.get(key)
    if (breaker === undefined) {
      if (breakers.size >= capacity) this.evict(now)
      breaker = new Breaker({ ...options, name: `${name}/${key}` })
    } else breakers.delete(key)
    breakers.set(key, breaker)
    return breaker
  }

  /**
   * Evicts one of the least recently used keys: preferably one without state, else a closed one, else the oldest. An isolated
   * circuit is never evicted. It counts as used, so that the next eviction examines other keys.
   */
  private evict(now: number): void {
    const { breakers, capacity } = this
    for (let left = examined; left > 0 && breakers.size >= capacity;) {
      let closed: string | undefined
      let oldest: string | undefined
      let pristine: string | undefined
      for (const [key, breaker] of breakers) {
        if (left-- === 0) break
        const { machine } = breaker
        if (machine.isolations.size > 0) {
          breakers.delete(key)
          breakers.set(key, breaker)
        } else if (machine.pristine(now)) {
          pristine = key
          break
        } else {
          oldest ??= key
          if (machine.closed()) closed ??= key
        }
      }
      const evicted = pristine ?? closed ?? oldest
      if (evicted !== undefined) breakers.delete(evicted)
    }
  }
}
