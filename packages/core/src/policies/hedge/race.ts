/**
 * Races a call against its copies. The first success wins.
 */
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import type * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import { isRefusal } from "../../errors/stackless.ts"
import { isClassified, outcomeOf, type Verdict } from "../../errors/Verdict.ts"
import { Call, type Step } from "../../pipeline/engine/call.ts"
import type { Hedge } from "./machine.ts"

type Effected = Effect.Effect<unknown, unknown, unknown>
type Ended = Exit.Exit<unknown, unknown>

/** A request in flight, which is either the original call or one of its copies. */
interface Racer {
  readonly call: Call
  /**
   * The call's attempt number before this racer started. If the call's current attempt number differs from this one, the
   * racer's request has been sent.
   */
  readonly before: number
  fiber: Fiber.Fiber<unknown, unknown> | undefined
}

/**
 * Runs a call in its own fiber so that the call can be interrupted if a copy wins.
 *
 * **Details**
 *
 * The timer is created only if the call does not finish synchronously. Attempt numbers follow the order in which the copies
 * are created, starting with the original call, even if queues send the requests in a different order.
 *
 * Every racer except the first is charged to the budget. If a racer ends before its request is sent, one charge is refunded.
 * As a result, the budget is charged only for requests sent after the first one.
 */
export class Race {
  private readonly hedge: Hedge
  private readonly call: Call
  private readonly inner: Step
  private readonly delay: number
  private readonly alone: boolean
  private readonly startedAt: number
  private readonly before: number
  private readonly racers: Array<Racer> = []
  private readonly charges: Array<number> = []
  private live = 0
  private timer: Fiber.Fiber<void, unknown> | undefined
  /** The failure that the call returns if all racers fail. */
  private failed: { readonly exit: Ended; readonly racer: Racer; readonly weight: number } | undefined
  private answer: Effected | undefined
  private over = false
  private resume: ((answer: Effected) => void) | undefined

  constructor(hedge: Hedge, call: Call, inner: Step, delay: number, now: number, alone: boolean) {
    this.alone = alone
    this.hedge = hedge
    this.call = call
    this.inner = inner
    this.delay = delay
    this.startedAt = now
    this.before = call.number
  }

  run(): Effected {
    return Effect.onExitPrimitive(
      Effect.suspend(() => {
        this.launch({ call: this.call, before: this.before, fiber: undefined }, undefined)
        if (this.answer !== undefined) return this.answer
        this.timer = this.fork(this.tick)
        return Effect.callback((resume) => {
          if (this.answer === undefined) this.resume = resume
          else resume(this.answer)
        })
      }),
      () => this.end(),
    )
  }

  /** Waits until the delay has passed before sending each copy. */
  private readonly tick: Effect.Effect<void> = Effect.suspend(() =>
    Effect.flatMap(Effect.sleep(this.delay), () => (this.room && this.copy() ? this.tick : Effect.void)),
  )

  /** Whether another copy can be sent. Failures may already have triggered the copies for which the timer was set. */
  private get room(): boolean {
    return this.racers.length <= this.hedge.copies
  }

  /** Sends a copy if the budget allows it. Returns whether another copy can follow. */
  private copy(): boolean {
    const { call, charges, hedge } = this
    const now = call.now()
    const charged = hedge.budget === undefined ? 0 : hedge.budget.charge(now, undefined)
    if (charged === undefined) return false
    charges.push(charged)
    const before = this.before + this.racers.length
    const racer = { call: copyOf(call, before), before, fiber: undefined }
    this.launch(racer, call.publish({ _tag: "HedgeStarted", number: before + 1 }))
    return this.room
  }

  private launch(racer: Racer, told: Effect.Effect<void> | undefined): void {
    this.racers.push(racer)
    this.live++
    const sent = Effect.suspend(() => this.inner(racer.call))
    const fiber = this.fork(
      // The fiber must be known before it runs, because it may end the race, which interrupts it.
      Effect.withFiber((self) => {
        racer.fiber = self
        return told === undefined ? sent : Effect.andThen(told, sent)
      }),
    )
    racer.fiber = fiber
    fiber.addObserver((exit) => this.ended(racer, exit))
    if (this.over) fiber.interruptUnsafe(this.call.fiber.id)
  }

  private fork<A>(effect: Effect.Effect<A, unknown, unknown>): Fiber.Fiber<A, unknown> {
    return Effect.runForkWith(this.call.fiber.context)(effect as Effect.Effect<A, unknown>)
  }

  private ended(racer: Racer, exit: Ended): void {
    const { call, hedge } = this
    this.live--
    const sent = racer.call.number !== racer.before
    const charged = sent ? undefined : this.charges.pop()
    if (charged !== undefined) hedge.budget?.refund(call.now(), charged)
    if (this.answer !== undefined) return
    if (exit._tag === "Success") return this.won(racer, exit)
    const fail = Cause.hasInterrupts(exit.cause) ? undefined : exit.cause.reasons.find(Cause.isFailReason)
    const verdict = isClassified(fail?.error) ? fail.error.verdict : undefined
    // If the failure is a bug or concerns the request, the copies would fail in the same way. A rejection by a limit or a
    // breaker is different: a copy may still get a permit.
    const ends = isClassified(fail?.error) && outcomeOf(fail.error.verdict) === "ignored" && !isRefusal(fail.error)
    if (fail === undefined || ends) return this.tell(racer, exit)
    const weight = weightOf(verdict, sent)
    if (this.failed === undefined || weight >= this.failed.weight) this.failed = { exit, racer, weight }
    if (hedge.afterFailure && sent && this.room && invites(verdict)) this.copy()
    // The copy may have ended the race in the previous line.
    if (this.answer !== undefined) return
    if (this.live === 0) this.tell(this.failed.racer, this.failed.exit)
    else if (isClassified(fail.error)) call.options.released?.(fail.error, true)
  }

  private won(racer: Racer, exit: Ended): void {
    const { call, hedge, startedAt } = this
    const now = call.now()
    // A losing call would have taken longer. Recording its time so far keeps the number of calls beyond the delay constant;
    // omitting it would shorten the delay with every copy that wins.
    hedge.succeeded(now - startedAt, now, this.alone)
    const told = racer.call === call ? undefined : call.publish({ _tag: "HedgeWon", number: racer.call.number })
    this.tell(racer, told === undefined ? exit : Effect.andThen(told, exit))
  }

  /** Ends the race. The call receives the result and the state of the racer that decided the race. */
  private tell(racer: Racer, answer: Effected): void {
    const { call } = this
    call.sentAt = racer.call.sentAt
    this.answer = answer
    this.resume?.(answer)
  }

  /** Interrupts the remaining racers. Waits for the remaining racers to end only if the call itself was interrupted. */
  private end(): Effect.Effect<void> | undefined {
    const { call, racers } = this
    this.over = true
    this.timer?.interruptUnsafe(call.fiber.id)
    const open: Array<Fiber.Fiber<unknown, unknown>> = []
    for (const { fiber } of racers) if (fiber !== undefined && fiber.pollUnsafe() === undefined) open.push(fiber)
    for (const fiber of open) fiber.interruptUnsafe(call.fiber.id)
    for (const racer of racers) {
      if (racer.call.number === racer.before) continue
      call.number = Math.max(call.number, racer.call.number)
      // The call is in flight while a copy is.
      if (this.answer === undefined && !call.inFlight) call.sentAt = racer.call.sentAt
    }
    return this.answer !== undefined || open.length === 0 ? undefined : Effect.asVoid(Fiber.awaitAll(open))
  }
}

/** Whether a copy can be sent immediately after a failure. A copy is not sent if the failure asks callers to wait. */
const invites = (verdict: Verdict | undefined): boolean => verdict === undefined || weightOf(verdict, false) === 0

/**
 * Creates another request for the same call. The ledger, the history, the attempts and the permits remain with the original
 * call.
 */
const copyOf = (call: Call, number: number): Call =>
  Object.assign(Object.create(Call.prototype) as Call, call, {
    number,
    sentAt: -1,
    ledger: undefined,
    history: undefined,
    held: 0,
    ticket: undefined,
    outerTickets: undefined,
  })

/**
 * Ranks an error by how informative it is, in case all copies fail. If two errors rank equally, the later one is returned.
 *
 * **Details**
 *
 * A response from the service ranks above a rejection by a limit or a breaker. Among responses, an error that closes a gate
 * ranks first because it affects every other call. An error that asks for fewer requests ranks second because its hint must
 * be honored.
 */
const weightOf = (verdict: Verdict | undefined, sent: boolean): number =>
  (sent ? 4 : 0) +
  (verdict?.closes === undefined ? 0 : 2) +
  (verdict !== undefined && (outcomeOf(verdict) === "overload" || verdict.retryAfter !== undefined) ? 1 : 0)
