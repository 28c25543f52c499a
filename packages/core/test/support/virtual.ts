/**
 * A deterministic runtime for tests. Time passes only when the test advances it, fibers run one after the other within one turn
 * of the event loop, and the test decides what happens between two steps of a fiber.
 */
import { Clock, Context, Duration, Effect, type Fiber, Random, Scheduler } from "effect"

/** The timer of a sleeping fiber, or an action of the test that is due at a time. */
interface Sleeper {
  readonly at: number
  readonly order: number
  readonly wake: () => void
  slot: number
}

/** Pseudo-random numbers by seed (mulberry32), rounded to six binary digits so that sums are exact. */
export const numbers = (seed: number): (() => number) => {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let x = Math.imul(state ^ (state >>> 15), state | 1)
    x ^= x + Math.imul(x ^ (x >>> 7), x | 61)
    return ((x ^ (x >>> 14)) >>> 26) / 64
  }
}

/** The options of a world. */
export interface Options {
  /** The values of `Random`. Default: always 0.5. */
  readonly random?: (() => number) | undefined
  /** How many operations a fiber runs before it yields. Default: no limit. */
  readonly operations?: (() => number) | undefined
}

/** A clock, a scheduler and a source of random numbers, none of which depends on the machine. */
export class World {
  now = 0
  /** How far the wall clock is ahead of the elapsed time, in milliseconds. A test may step it. */
  ahead = 0
  readonly context: Context.Context<never>
  private readonly heap: Array<Sleeper> = []
  private readonly tasks: Array<() => void> = []
  private order = 0
  /** How many sleeps have started since time last advanced. */
  private dozes = 0
  private head = 0
  private steps = 0
  private readonly interventions = new Map<number, () => void>()

  constructor({ operations, random = () => 0.5 }: Options = {}) {
    let patience = operations?.() ?? Infinity
    const scheduler: Scheduler.Scheduler = {
      executionMode: "async",
      shouldYield: (fiber) => {
        if (fiber.currentOpCount < patience) return false
        if (operations !== undefined) patience = operations()
        return true
      },
      makeDispatcher: () => ({
        scheduleTask: (task) => void this.tasks.push(task),
        flush: () => this.settle(),
      }),
    }
    const wallNanos = () => BigInt(Math.round((this.now + this.ahead) * 1e6))
    const nanos = () => BigInt(Math.round(this.now * 1e6))
    const clock: Clock.Clock = {
      currentTimeMillisUnsafe: () => this.now + this.ahead,
      currentTimeMillis: Effect.sync(() => this.now + this.ahead),
      currentTimeNanosUnsafe: wallNanos,
      currentTimeNanos: Effect.sync(wallNanos),
      monotonicTimeNanosUnsafe: nanos,
      monotonicTimeNanos: Effect.sync(nanos),
      sleep: (duration) => this.sleep(Duration.toMillis(duration)),
    }
    this.context = Context.empty().pipe(
      Context.add(Scheduler.Scheduler, scheduler),
      Context.add(Clock.Clock, clock),
      Context.add(Random.Random, {
        nextDoubleUnsafe: random,
        nextIntUnsafe: () => Math.floor(random() * Number.MAX_SAFE_INTEGER),
      }),
    )
  }

  /** The number of pending timers. */
  get sleeping(): number {
    return this.heap.length
  }

  /** Starts an effect and runs it until it waits. */
  start<A, E>(effect: Effect.Effect<A, E>): Fiber.Fiber<A, E> {
    return Effect.runForkWith(this.context)(effect)
  }

  /** Runs one step of one fiber. Returns false if every fiber waits for time to pass. */
  step(): boolean {
    const task = this.tasks[this.head]
    if (task === undefined) return false
    this.tasks[this.head++] = noTask
    if (this.head === this.tasks.length) {
      this.tasks.length = 0
      this.head = 0
    }
    task()
    this.interventions.get(++this.steps)?.()
    return true
  }

  /** Runs an action after a number of steps from now, counted over all fibers. */
  after(steps: number, act: () => void): void {
    const already = this.interventions.get(this.steps + steps)
    this.interventions.set(this.steps + steps, () => {
      already?.()
      act()
    })
  }

  /** Runs all fibers until each of them waits for time to pass. */
  settle(): void {
    for (let steps = 0; this.step(); steps++) if (steps > tooMany) throw new Error(`no end at ${this.now} ms`)
  }

  /** When the next timer is due; `Infinity` without timers. */
  get nextAt(): number {
    return this.heap[0]?.at ?? Infinity
  }

  /** Advances the time to a moment, in milliseconds of the epoch. */
  until(at: number): void {
    this.settle()
    while (this.nextAt <= at) {
      if (this.nextAt > this.now) this.dozes = 0
      this.now = this.nextAt
      this.wakeNext()
      this.settle()
    }
    this.now = Math.max(this.now, at)
  }

  /** Advances the time until no timer is left. */
  end(): void {
    this.settle()
    while (this.heap.length > 0) this.until(this.nextAt)
  }

  /** Fires the next timer. */
  wakeNext(): void {
    const sleeper = this.heap[0]
    if (sleeper === undefined) return
    this.remove(sleeper)
    sleeper.wake()
  }

  /** Runs an action at a time. */
  at(moment: number, act: () => void): void {
    this.add({ at: moment, order: this.order++, wake: act, slot: -1 })
  }

  private sleep(ms: number): Effect.Effect<void> {
    if (++this.dozes > tooMany) throw new Error(`endless sleeps at ${this.now} ms`)
    return ms <= 0
      ? Effect.void
      : Effect.callback<void>((resume) => {
          const sleeper: Sleeper = {
            at: this.now + ms,
            order: this.order++,
            wake: () => resume(Effect.void),
            slot: -1,
          }
          this.add(sleeper)
          return Effect.sync(() => this.remove(sleeper))
        })
  }

  private add(sleeper: Sleeper): void {
    this.rise(this.heap.push(sleeper) - 1, sleeper)
  }

  private remove(sleeper: Sleeper): void {
    const { heap } = this
    const { slot } = sleeper
    if (slot < 0) return
    sleeper.slot = -1
    const last = heap.pop() as Sleeper
    if (last === sleeper) return
    this.rise(slot, last)
    this.sink(last.slot, last)
  }

  private rise(from: number, sleeper: Sleeper): void {
    const { heap } = this
    let slot = from
    while (slot > 0) {
      const parent = heap[(slot - 1) >>> 1] as Sleeper
      if (before(parent, sleeper)) break
      heap[slot] = parent
      parent.slot = slot
      slot = (slot - 1) >>> 1
    }
    heap[slot] = sleeper
    sleeper.slot = slot
  }

  private sink(from: number, sleeper: Sleeper): void {
    const { heap } = this
    let slot = from
    for (let child = 2 * slot + 1; child < heap.length; child = 2 * slot + 1) {
      const other = heap[child + 1]
      if (other !== undefined && before(other, heap[child] as Sleeper)) child++
      const below = heap[child] as Sleeper
      if (before(sleeper, below)) break
      heap[slot] = below
      below.slot = slot
      slot = child
    }
    heap[slot] = sleeper
    sleeper.slot = slot
  }
}

/** This many steps without an advance of time count as an endless loop. */
const tooMany = 200_000

const noTask = (): void => {}

/** Of two timers due at the same moment, the one that was set first comes first. */
const before = (one: Sleeper, other: Sleeper): boolean =>
  one.at === other.at ? one.order < other.order : one.at < other.at
