/**
 * Maintains a breaker for each key, with bounded memory and with bounded work for each new key.
 */
import * as Option from "../../pipeline/options/option.ts"
import { Breaker } from "./breaker.ts"
import { checked, type Checked, type Options } from "./options.ts"
import { Recency } from "./recency.ts"

/** The options that apply to every breaker, and the maximum number of breakers to keep. */
export interface KeyedOptions extends Options {
  /** The maximum number of keys to keep. Default: 1000. */
  readonly capacity?: number | undefined
}

/**
 * The number of least recently used keys that an eviction examines. During an outage, every breaker may have state, so a
 * search through all keys would cost O(keys) for each new key.
 */
const examined = 16

/** Stores breakers by key, with the most recently used breaker last. */
export class KeyedBreakers {
  /** @internal */
  readonly breakers = new Recency<Breaker>()
  /** Checked once and shared by all breakers, because checking costs as much as the rest of a new key. */
  private readonly settings: Checked
  private readonly classify: Options["classify"]
  private readonly name: string
  private readonly capacity: number

  constructor({ capacity = 1000, ...options }: KeyedOptions) {
    this.settings = checked(options)
    this.classify = options.classify
    this.name = options.name ?? "breaker"
    this.capacity = Option.integer("CircuitBreaker", "capacity", capacity, { min: 1, max: 1_000_000 })
  }

  /** @internal */
  at(key: string, now: number): Breaker {
    const { breakers, capacity, classify, name, settings } = this
    const known = breakers.use(key)
    if (known !== undefined) return known
    if (breakers.size >= capacity) this.evict(now)
    const breaker = new Breaker(`${name}/${key}`, settings, classify)
    breakers.add(key, breaker)
    return breaker
  }

  /**
   * Evicts one of the least recently used keys. The eviction prefers a key whose breaker has no state, then a key whose
   * circuit is closed, and then the oldest key. An isolated circuit is never evicted. If an examined circuit is isolated, its
   * key is marked as recently used, so that the next eviction examines other keys.
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
        if (machine.isolations.length > 0) {
          breakers.use(key)
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
