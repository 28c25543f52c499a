import { NodeRuntime } from "@effect/platform-node"
import { ErrorTable, Verdict, VerdictSchema } from "@holdfast/core"
import { Console, Effect, Schema } from "effect"

// The errors of a vendor that sends { "code": "…" } with its status. All take the same fields and a verdict.
const fields = { status: Schema.Number, code: Schema.String, verdict: VerdictSchema }

class QuotaSpent extends Schema.TaggedError<QuotaSpent>()("QuotaSpent", fields) {}
class SignedOut extends Schema.TaggedError<SignedOut>()("SignedOut", fields) {}
class NoSuchReel extends Schema.TaggedError<NoSuchReel>()("NoSuchReel", fields) {}
class UnknownReelError extends Schema.TaggedError<UnknownReelError>()("UnknownReelError", fields) {}

/** A row for each line of the vendor's documentation. A class without a row does not compile. */
export const ReelError = ErrorTable.make<{ readonly status: number; readonly code: string }>()({
  system: "reel",
  classes: { QuotaSpent, SignedOut, NoSuchReel, UnknownReelError },
  unknown: "UnknownReelError",
  rows: [
    {
      class: "QuotaSpent",
      key: "quota",
      status: 400,
      verdict: Verdict.always({ pace: "throttled" }),
      description: "Too many calls.",
    },
    {
      class: "QuotaSpent",
      status: 429,
      verdict: Verdict.always({ pace: "throttled" }),
      description: "Too many calls.",
    },
    {
      class: "SignedOut",
      status: 401,
      verdict: Verdict.always({ closes: "authorization", change: "token" }),
      description: "The token is spent.",
    },
    {
      class: "NoSuchReel",
      key: "no_reel",
      status: 404,
      verdict: Verdict.never(),
      description: "There is no such reel.",
    },
    { class: "NoSuchReel", status: 404, verdict: Verdict.always(), description: "An intermediary may have answered." },
    { class: "UnknownReelError", verdict: Verdict.once(), description: "Anything else." },
  ],
})

/** The code decides. Without a known code the status decides, and otherwise the error is unknown. */
const decode = (status: number, code: string) => ReelError.decode({ key: code, status, fields: { status, code } })

export const main = Effect.gen(function* () {
  for (const [status, code] of [
    [400, "quota"],
    [429, ""],
    [404, "no_reel"],
    [404, ""],
    [401, ""],
    [418, "teapot"],
  ] as const) {
    const error = decode(status, code)
    // The union is closed: after a new class, each match without a handler for it stops compiling.
    const advice = ReelError.schema.match(error, {
      QuotaSpent: () => "slow down",
      SignedOut: () => "sign in, then go on",
      NoSuchReel: () => "check the name",
      UnknownReelError: () => "try once more",
    })
    const seen = `${status} ${code}`.padEnd(12)
    yield* Console.log(`${seen}${error._tag.padEnd(17)} ${error.verdict.retry.padEnd(7)} ${advice}`)
  }
})

if (import.meta.main) NodeRuntime.runMain(main)
