/**
 * The stages of a pipeline: what may be put in it, and how each is described, bounded and reloaded.
 */
import type * as Duration from "effect/Duration"
import * as Schedule from "effect/Schedule"
import type { DeadlineExceeded } from "../policies/deadline/Deadline.ts"
import type * as Fallback from "../policies/fallback/Fallback.ts"
import type { Hedge } from "../policies/hedge/machine.ts"
import * as InvalidPolicy from "./InvalidPolicy.ts"
import * as Retry from "../policies/retry/Retry.ts"
import type { RetryBudget } from "../policies/budget/budget.ts"
import type { AttemptTimedOut } from "../policies/timeout/Timeouts.ts"
import type { Classified } from "../errors/Verdict.ts"
import type { Step } from "./engine/call.ts"
import type { Guard, Reloadable } from "./engine/guard.ts"
import type { StageName } from "./order.ts"
import type { Settings } from "./settings.ts"
import { bounded } from "../policies/deadline/bounded.ts"
import { decoded, judged } from "../policies/decode/decoded.ts"
import { fallenBack } from "../policies/fallback/fallenBack.ts"
import { gated, Gating, list, type Gates } from "../gates/gating.ts"
import { hedged } from "../policies/hedge/hedged.ts"
import { retried, type Policy as RetryPolicy } from "../policies/retry/retried.ts"
import { timed } from "../policies/timeout/timed.ts"

declare const Types: unique symbol

/** One place in a pipeline. `E` is what the stage adds to the errors of a call. */
export interface Stage<out Name extends StageName = StageName, out E = unknown> {
  readonly name: Name
  readonly [Types]?: { readonly error: E }
  /** Makes the stage for one pipeline; throws an `InvalidPolicy`. */
  readonly build: () => Built
}

/** What a stage is, as data: its description and its worst case are worked out elsewhere, and bundled only where used. */
export type Facts =
  | { readonly stage: "fallback"; readonly fallback: Fallback.Fallback }
  | { readonly stage: "deadline" | "timeout"; readonly ms: number }
  | { readonly stage: "retry"; readonly policy: RetryPolicy }
  | { readonly stage: "gates"; readonly names: ReadonlyArray<string> }
  | { readonly stage: "hedge"; readonly hedge: Hedge }
  | { readonly stage: "guards"; readonly guards: ReadonlyArray<AnyGuard> }
  | { readonly stage: "decode" }

/** What the stages outside ask of those inside. */
export interface Surroundings {
  /** Somebody has to know when an attempt was sent. */
  readonly dated: boolean
  /** Somebody sees every failure, and lets the gates close for it. */
  readonly retried: boolean
  /** The budget that somebody tells of calls and successes. */
  readonly budget: RetryBudget | undefined
}

/** A stage at work. */
export interface Built {
  /** What it does around what is inside; absent for stages that are guards. */
  readonly around?: (inner: Step, surroundings: Surroundings) => Step
  /** The guards of neighbouring stages are put in one step. */
  readonly guards?: ReadonlyArray<AnyGuard>
  /** What it asks of the stages inside of it. */
  readonly asks?: Partial<Surroundings>
  /** What there is to say of it, for whoever describes the pipeline. */
  readonly facts: () => Facts
  /** The parts whose options a reload may change. */
  readonly parts: Partial<{ readonly [Key in keyof Settings]: Reloadable<NonNullable<Settings[Key]>> }>
}

/** A fallback stage; `List` are the alternatives. */
export interface FallbackStage<out List extends Fallback.Alternatives> extends Stage<"fallback", never> {
  readonly fallback: Fallback.Fallback<List>
}

/** Does something else when everything has failed; what it does has none of the other stages around it. */
export const fallback = <List extends Fallback.Alternatives>(
  alternatives: Fallback.Fallback<List>,
): FallbackStage<List> => ({
  name: "fallback",
  fallback: alternatives,
  build: () => ({
    around: (inner) => fallenBack(alternatives, inner),
    facts: () => ({ stage: "fallback", fallback: alternatives }),
    parts: {},
  }),
})

/**
 * The total time of a call, with all its attempts, waits, gates and queues; above 0.
 *
 * **Gotchas**
 *
 * The deadline interrupts the running attempt. An effect that cannot be interrupted outlives the deadline: the call fails when
 * that effect has ended.
 */
export const deadline = (limit: Duration.Input): Stage<"deadline", DeadlineExceeded> => ({
  name: "deadline",
  build: () => {
    const read = (input: Duration.Input) => InvalidPolicy.reader("Deadline").millis("limit", input, aboveZero)
    let ms = read(limit)
    return {
      around: (inner) => bounded(() => ms, inner),
      facts: () => ({ stage: "deadline", ms }),
      parts: { deadline: reloadable(read, (next) => (ms = next)) },
    }
  },
})

/** What a retry stage takes: a policy as data, and what goes with it. */
export interface RetryOptions extends Retry.Settings {
  /**
   * Decides by itself how often and when, within the verdicts; `attempts` beside it is one more bound. Default: the
   * attempts and the backoff.
   */
  readonly schedule?: Schedule.Schedule<unknown, Classified> | undefined
  /** Pays for every retry; may be shared by any number of pipelines and hedges. */
  readonly budget?: RetryBudget | undefined
  /** Whether a defect is retried once. Default: never. */
  readonly defects?: "once" | "never" | undefined
}

/**
 * Sends a call again, as its errors' verdicts allow. Any `Schedule` will do, too; verdicts are obeyed all the same.
 */
export const retry = (options: RetryOptions | Schedule.Schedule<unknown, Classified> = {}): Stage<"retry", never> => ({
  name: "retry",
  build: () => {
    const given: RetryOptions = Schedule.isSchedule(options) ? { schedule: options } : (options as RetryOptions)
    const { budget, defects = "never" } = given
    const reader = InvalidPolicy.reader("Retry")
    reader.known(given, {
      attempts: true,
      backoff: true,
      hintCap: true,
      beyondHintCap: true,
      schedule: true,
      budget: true,
      defects: true,
    })
    reader.oneOf("defects", defects, ["once", "never"])
    if (given.schedule !== undefined && given.backoff !== undefined) {
      reader.refuse("backoff", "given", "nothing beside a schedule")
    }
    // A policy that was made from data is those data: arithmetic is quicker than a schedule, and its worst case is known.
    const known = given.schedule && Retry.settingsOf(given.schedule)
    const schedule = known === undefined ? given.schedule : undefined
    // A schedule that is not known decides by itself how often.
    const unbounded = schedule === undefined ? {} : { attempts: Infinity }
    const read = (settings: Retry.Settings) => {
      if (schedule !== undefined && settings.backoff !== undefined) {
        reader.refuse("backoff", "given", "nothing while a schedule decides")
      }
      return Retry.rules({ ...unbounded, ...settings })
    }
    const { budget: _budget, defects: _defects, schedule: _schedule, ...settings } = given
    const rules = read(settings)
    let policy = {
      rules: known === undefined ? rules : within(Retry.rules(known), given, rules),
      said: said(given, rules),
      schedule,
      budget,
      defects,
    }
    return {
      around: (inner) => retried(() => policy, inner),
      asks: { dated: true, retried: true, budget },
      facts: () => ({ stage: "retry", policy }),
      parts: {
        retry: {
          check: (settings: Retry.Settings) => InvalidPolicy.problem(() => read(settings)),
          apply: (settings: Retry.Settings) => {
            const rules = read(settings)
            policy = { ...policy, rules, said: said(settings, rules) }
          },
        },
        ...(budget === undefined ? {} : { budget }),
      },
    }
  },
})

/** The rules of a policy, as far as what stands beside it lets them: it never sends more often than both. */
const within = (rules: Retry.Rules, given: Retry.Settings, beside: Retry.Rules): Retry.Rules => ({
  ...rules,
  ...(given.attempts === undefined ? {} : { attempts: Math.min(rules.attempts, beside.attempts) }),
  ...said(given, beside),
})

/** The hint options next to a schedule. They take precedence over those of a policy inside the schedule. */
const said = (given: Retry.Settings, { clamp, hintCap }: Retry.Rules): Partial<Retry.Hints> => ({
  ...(given.hintCap === undefined ? {} : { hintCap }),
  ...(given.beyondHintCap === undefined ? {} : { clamp }),
})

/** Attempts wait until every gate is open at the same moment; a failure closes the gate that its verdict names. */
export const gates = (options: Gates): Stage<"gates", never> => ({
  name: "gates",
  build: () => {
    InvalidPolicy.reader("Gates").known(options, { connectivity: true, authorization: true, others: true })
    return {
      around: (inner, { retried }) => gated(new Gating(options), inner, retried),
      facts: () => ({ stage: "gates", names: list(options).map(({ name }) => name) }),
      parts: {},
    }
  },
})

/** Sends a copy of a call that takes longer than most, if the call's options say that it is `repeatable`. */
export const hedge = (policy: Hedge): Stage<"hedge", never> => ({
  name: "hedge",
  build: () => ({
    around: (inner, { budget }) => hedged(policy, inner, policy.budget !== budget),
    facts: () => ({ stage: "hedge", hedge: policy }),
    parts: { hedge: policy, ...(policy.budget === undefined ? {} : { budget: policy.budget }) },
  }),
})

// oxlint-disable-next-line typescript/no-explicit-any -- only the guard itself knows its tickets
type AnyGuard = Guard<any, Classified> & Reloadable<any>

/** Limits, outermost first: a throttle, an adaptive limit, a bulkhead. */
export const limits = <const Guards extends ReadonlyArray<AnyGuard>>(
  ...guards: Guards
): Stage<"limits", RefusalOf<Guards[number]>> => ({
  name: "limits",
  build: () => ({
    guards,
    facts: () => ({ stage: "guards", guards }),
    parts: partsOf(guards.map((guard) => [guard.kind, guard])),
  }),
})

// oxlint-disable-next-line typescript/no-explicit-any -- only the guard itself knows its tickets
type RefusalOf<Each> = Each extends Guard<any, infer E> ? E : never

/** Refuses calls while the service behind them fails: a breaker of this process, or one that several share. */
export const breaker = <const Breaker extends AnyGuard & { readonly kind: "breaker" }>(
  circuit: Breaker,
): Stage<"breaker", RefusalOf<Breaker>> => ({
  name: "breaker",
  build: () => ({
    guards: [circuit],
    facts: () => ({ stage: "guards", guards: [circuit] }),
    parts: { breaker: circuit },
  }),
})

/** The time that one attempt may take; above 0. Waiting at gates and in queues is not part of it. */
export const timeout = (after: Duration.Input): Stage<"timeout", AttemptTimedOut> => ({
  name: "timeout",
  build: () => {
    const read = (input: Duration.Input) => InvalidPolicy.reader("Timeout").millis("after", input, aboveZero)
    let ms = read(after)
    return {
      around: (inner) => timed(() => ms, inner),
      facts: () => ({ stage: "timeout", ms }),
      parts: { timeout: reloadable(read, (next) => (ms = next)) },
    }
  },
})

/** A decode stage: `Raw` is what the call fails with, `E` what comes out. */
export interface Decode<in Raw, out E, out Failed = never> extends Stage<"decode", Failed> {
  readonly decode: (error: Raw) => E
}

/** A stage that treats some successes as failures: `A` is the success type, `E` the failures. */
export interface FailWhen<in A, out E> extends Stage<"decode", E> {
  readonly failWhen: (answer: A) => E | undefined
}

/**
 * Turns every error of the call into one with a verdict. Must be total.
 *
 * **Details**
 *
 * `options.failWhen` also treats some successes as failures, as {@link failWhen} does; its errors are not decoded.
 */
export function decode<Raw, E extends Classified>(decode: (error: Raw) => E): Decode<Raw, E>
export function decode<Raw, E extends Classified, A, F extends Classified>(
  decode: (error: Raw) => E,
  options: { readonly failWhen: (answer: A) => F | undefined },
): Decode<Raw, E, F> & FailWhen<A, F>
export function decode<Raw, E extends Classified, A, F extends Classified>(
  decode: (error: Raw) => E,
  options?: { readonly failWhen: (answer: A) => F | undefined },
): Decode<Raw, E, F> {
  return {
    name: "decode",
    decode,
    ...options,
    build: () => ({
      around: (inner) => judged(options?.failWhen as Judge, decoded(decode as (error: unknown) => Classified, inner)),
      facts: () => ({ stage: "decode" }),
      parts: {},
    }),
  }
}

/**
 * Treats a success as a failure if the function returns an error: for example a job that reports `busy` with status 200. Retries,
 * breakers and limits then see that error.
 *
 * **When to use**
 *
 * Use it if the call already fails with classified errors and some of its successes are failures. It has the same place in the
 * pipeline as `decode`.
 *
 * **Example**
 *
 * ```ts
 * Pipeline.failWhen((job: Job) => (job.state === "busy" ? new JobBusy({ verdict: Verdict.always() }) : undefined))
 * ```
 */
export const failWhen = <A, E extends Classified>(failWhen: (answer: A) => E | undefined): FailWhen<A, E> => ({
  name: "decode",
  failWhen,
  build: () => ({
    around: (inner) => judged(failWhen as Judge, inner),
    facts: () => ({ stage: "decode" }),
    parts: {},
  }),
})

type Judge = ((answer: unknown) => Classified | undefined) | undefined

const aboveZero = { min: 0, above: true }

const reloadable = <Input, Checked>(
  read: (input: Input) => Checked,
  apply: (checked: Checked) => void,
): Reloadable<Input> => ({
  check: (input) => InvalidPolicy.problem(() => read(input)),
  apply: (input) => apply(read(input)),
})

/** The parts by their key; a key that several have is for none of them, since settings name a policy by its kind alone. */
export const partsOf = (
  parts: ReadonlyArray<readonly [key: string, part: Reloadable<unknown>]>,
): Readonly<Record<string, Reloadable<unknown>>> => {
  const byKey: Record<string, Reloadable<unknown>> = {}
  for (const [key, part] of parts) byKey[key] = (byKey[key] ?? part) === part ? part : several(key)
  return byKey
}

const several = (option: string): Reloadable<unknown> => ({
  check: () => {
    const allowed = "what one policy has: there are several of this kind, and each has a reload of its own"
    return new InvalidPolicy.InvalidPolicy({ policy: "Pipeline", option, value: "given", allowed })
  },
  apply: () => undefined,
})
