/**
 * A breaker for each key, and never more of them than there is room for.
 */
import { reader } from "../../InvalidPolicy.ts"
import { Breaker } from "./breaker.ts"
import { settle, type Options } from "./options.ts"

/** The options of every breaker, and how many there may be. */
export interface KeyedOptions extends Options {
  /** How many keys are remembered. Default: 1000. */
  readonly capacity?: number | undefined
}

/** Breakers by key, the one that was used last at the end. */
export class KeyedBreakers {
  readonly breakers = new Map<string, Breaker>()
  private readonly options: Options
  private readonly name: string
  private readonly capacity: number

  constructor({ capacity = 1000, ...options }: KeyedOptions) {
    settle(options)
    this.options = options
    this.name = options.name ?? "breaker"
    this.capacity = reader("CircuitBreaker").integer("capacity", capacity, { min: 1, max: 1_000_000 })
  }

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

  /** Forgets the key that was not used for longest of those that have nothing to forget; else of those not isolated. */
  private evict(now: number): void {
    for (const [key, { machine }] of this.breakers) if (machine.pristine(now)) return void this.breakers.delete(key)
    for (const [key, { machine }] of this.breakers) {
      if (machine.isolations.size === 0) return void this.breakers.delete(key)
    }
  }
}
