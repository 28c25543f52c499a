/**
 * The schema of settings: which keys there are, and of which type. Which numbers make sense is said once, by the
 * policies, which are asked (`examine.ts`).
 */
import * as Duration from "effect/Duration"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import { durationForm } from "./durationForm.ts"

const number = Schema.Number.annotate({ expected: "a number" })
const boolean = Schema.Boolean.annotate({ expected: "true or false" })
const text = Schema.String.annotate({ expected: "a text" })
const words = <const Words extends ReadonlyArray<string>>(...all: Words) =>
  Schema.Literals(all).annotate({ expected: all.map((word) => `"${word}"`).join(" or ") })

/**
 * `"15 seconds"`, or milliseconds; of everything that Effect takes for a duration, what JSON can hold. Typed through
 * `unknown`, since the filter, and not the type of a text, says which texts are durations.
 */
const duration = Schema.Union([
  Schema.Number,
  Schema.String.check(
    Schema.makeFilter((written: string) => Option.isSome(Duration.fromInput(written as Duration.Input))),
  ),
]).annotate({ expected: `a duration, ${durationForm}` }) as unknown as Schema.Codec<Duration.Input, number | string>

const key = Schema.optionalKey

const backoff = Schema.Struct({
  base: key(duration),
  factor: key(number),
  cap: key(duration),
  jitter: key(words("none", "equal", "full", "proportional", "additive", "decorrelated")),
})

const retry = Schema.Struct({
  attempts: key(number),
  backoff: key(backoff),
  hintCap: key(duration),
  beyondHintCap: key(words("fail", "clamp")),
})

const kinds = { expected: '"tokenBucket" or "ratio" or "unlimited"' }

const budget = Schema.Union([
  Schema.Struct({
    kind: key(Schema.Literal("tokenBucket").annotate(kinds)),
    name: key(text),
    capacity: key(number),
    cost: key(number),
    throttledCost: key(number),
    reward: key(number),
  }),
  Schema.Struct({
    kind: Schema.Literal("ratio").annotate(kinds),
    name: key(text),
    percent: key(number),
    window: key(duration),
    floor: key(number),
  }),
  Schema.Struct({ kind: Schema.Literal("unlimited").annotate(kinds) }),
])

const hedge = Schema.Struct({
  delay: Schema.Union([
    duration,
    Schema.Struct({
      percentile: number,
      min: key(duration),
      max: key(duration),
      initial: key(duration),
      window: key(duration),
    }),
  ]).annotate({ expected: `a duration, ${durationForm}, or an object with a percentile` }),
  max: key(number),
  afterFailure: key(boolean),
})

const throttle = Schema.Struct({
  name: key(text),
  window: key(duration),
  k: key(number),
  minimum: key(number),
  maxRejection: key(number),
})

const adaptiveLimit = Schema.Struct({
  name: key(text),
  algorithm: key(words("gradient", "aimd")),
  min: key(number),
  max: key(number),
  initial: key(number),
  maxHealthy: key(duration),
  maxDrift: key(number),
  queue: key(number),
  maxWait: key(duration),
})

const bulkhead = Schema.Struct({ name: key(text), permits: number, queue: key(number), maxWait: key(duration) })

const breaker = Schema.Struct({
  name: key(text),
  consecutive: key(number),
  window: key(
    Schema.Struct({
      calls: key(number),
      duration: key(duration),
      failureRate: key(number),
      minimumCalls: key(number),
      slowCall: key(Schema.Struct({ over: duration, rate: number })),
    }),
  ),
  open: key(
    Schema.Union([duration, Schema.Struct({ base: duration, factor: key(number), cap: key(duration) })]).annotate({
      expected: `a duration, ${durationForm}, or an object of base, factor and cap`,
    }),
  ),
  maxOpen: key(duration),
  probes: key(number),
  successThreshold: key(number),
  probeLease: key(duration),
  ramp: key(Schema.Struct({ over: duration, from: number })),
  dryRun: key(boolean),
})

/** The settings of a whole pipeline. */
export const settings = Schema.Struct({
  deadline: key(duration),
  retry: key(retry),
  budget: key(budget),
  hedge: key(hedge),
  throttle: key(throttle),
  adaptiveLimit: key(adaptiveLimit),
  bulkhead: key(bulkhead),
  breaker: key(breaker),
  timeout: key(duration),
})
