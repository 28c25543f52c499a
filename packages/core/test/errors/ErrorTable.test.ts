import { assert, describe, it } from "@effect/vitest"
import { ErrorTable, Verdict, VerdictSchema } from "@holdfast/core"
import { Duration, Schema } from "effect"

const fields = { status: Schema.Number, message: Schema.String, verdict: VerdictSchema }

class SlowDown extends Schema.TaggedError<SlowDown>()("SlowDown", fields) {}
class Missing extends Schema.TaggedError<Missing>()("Missing", fields) {}
class Unknown extends Schema.TaggedError<Unknown>()("Unknown", fields) {}

interface Fields {
  readonly status: number
  readonly message: string
}

const table = ErrorTable.make<Fields>()({
  system: "example",
  classes: { SlowDown, Missing, Unknown },
  unknown: "Unknown",
  rows: [
    {
      class: "SlowDown",
      key: "slow_down",
      status: 400,
      form: "simple",
      verdict: Verdict.always({ pace: "throttled" }),
      description: "Too fast.",
    },
    { class: "SlowDown", status: 429, verdict: Verdict.always({ pace: "throttled" }), description: "Too fast." },
    { class: "Missing", status: 404, verdict: Verdict.always(), description: "An intermediary answered." },
    { class: "Missing", status: 404, form: "simple", verdict: Verdict.never(), description: "It is not there." },
    { class: "Unknown", status: 502, verdict: Verdict.always({ closes: "connectivity" }), description: "A gateway." },
    { class: "Unknown", verdict: Verdict.once(), description: "Anything else." },
  ],
})

const decode = (seen: ErrorTable.Seen & { readonly isOwn?: boolean }, retryAfter?: Duration.Duration) =>
  table.decode({ ...seen, retryAfter, fields: { status: seen.status, message: seen.key ?? "" } })

describe("ErrorTable", () => {
  it("matches a row by key before matching by status", () => {
    assert.strictEqual(decode({ key: "slow_down", status: 404 })._tag, "SlowDown")
  })

  it("matches a row by status if the key is unknown, and otherwise uses the unknown class", () => {
    assert.strictEqual(decode({ key: "what is this", status: 429 })._tag, "SlowDown")
    assert.strictEqual(decode({ status: 418 })._tag, "Unknown")
  })

  it("prefers a status row that specifies the form of the payload", () => {
    assert.strictEqual(decode({ status: 404 }).verdict.retry, "always")
    assert.strictEqual(decode({ status: 404, form: "detailed" }).verdict.retry, "always")
    assert.strictEqual(decode({ status: 404, form: "simple" }).verdict.retry, "never")
  })

  it("does not match a row by the name of a prototype property", () => {
    for (const key of ["__proto__", "constructor", "toString", "hasOwnProperty"]) {
      assert.strictEqual(decode({ key, status: 400 })._tag, "Unknown")
    }
  })

  it("keeps the server's hint in the verdict", () => {
    const hinted = decode({ status: 429 }, Duration.seconds(7))
    assert.deepStrictEqual(hinted.verdict.retryAfter, Duration.seconds(7))
    assert.strictEqual(decode({ status: 429 }).verdict.retryAfter, undefined)
  })

  it("applies a hint that an intermediary may have sent only to the probe of the closed gate", () => {
    const hinted = (status: number) =>
      table.decode({ status, retryAfter: Duration.seconds(7), isOwn: false, fields: { status, message: "" } }).verdict
    assert.deepStrictEqual([hinted(429).retryAfter, hinted(429).probeAfter], [undefined, undefined])
    assert.deepStrictEqual([hinted(502).retryAfter, hinted(502).probeAfter], [undefined, Duration.seconds(7)])
  })

  it("encodes errors of every class to JSON and decodes them again", () => {
    const json = Schema.toCodecJson(table.schema)
    for (const seen of [{ status: 429 }, { status: 404 }, { status: 400 }, { status: 502, isOwn: false }]) {
      const error = decode(seen, Duration.millis(1500))
      const text = JSON.stringify(Schema.encodeUnknownSync(json)(error))
      const back = Schema.decodeUnknownSync(json)(JSON.parse(text))
      assert.strictEqual(back._tag, error._tag)
      assert.deepStrictEqual({ ...back }, { ...error })
    }
  })

  it("allows an exhaustive match over all error classes", () => {
    const say = (error: typeof table.schema.Type) =>
      table.schema.match(error, { SlowDown: () => "slow", Missing: () => "missing", Unknown: () => "unknown" })
    assert.strictEqual(say(decode({ status: 404 })), "missing")
  })

  it("does not compile if a row has an unknown class or a class has no row", () => {
    const one = { class: "SlowDown", status: 429, verdict: Verdict.always(), description: "" } as const
    const rest = { class: "Unknown", verdict: Verdict.once(), description: "" } as const
    ErrorTable.make<Fields>()({
      system: "x",
      classes: { SlowDown, Unknown },
      unknown: "Unknown",
      // @ts-expect-error "Elsewhere" is no class of the table
      rows: [one, { class: "Elsewhere", verdict: Verdict.once(), description: "" }, rest],
    })
    ErrorTable.make<Fields>()({
      system: "x",
      classes: { SlowDown, Missing, Unknown },
      unknown: "Unknown",
      // @ts-expect-error "Missing" has no row
      rows: [one, rest],
    })
    assert.throws(() =>
      ErrorTable.make<Fields>()({
        system: "x",
        classes: { SlowDown },
        unknown: "SlowDown",
        rows: [one],
      }),
    )
  })
})
