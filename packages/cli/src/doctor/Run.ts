/**
 * Runs all checks concurrently. A check that fails, hangs or has a bug does not affect the other checks.
 */
import * as Cause from "effect/Cause"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import type * as FileSystem from "effect/FileSystem"
import * as Api from "./checks/Api.ts"
import * as Certificates from "./checks/Certificates.ts"
import * as Clock from "./checks/Clock.ts"
import * as Connection from "./checks/Connection.ts"
import * as Credentials from "./checks/Credentials.ts"
import * as Disk from "./checks/Disk.ts"
import * as Dns from "./checks/Dns.ts"
import * as Journal from "./checks/Journal.ts"
import * as Node from "./checks/Node.ts"
import * as Pairing from "./checks/Pairing.ts"
import * as Permissions from "./checks/Permissions.ts"
import * as Portal from "./checks/Portal.ts"
import * as Power from "./checks/Power.ts"
import * as Proxy from "./checks/Proxy.ts"
import * as Queue from "./checks/Queue.ts"
import * as Tls from "./checks/Tls.ts"
import * as Token from "./checks/Token.ts"
import * as Finding from "./Finding.ts"
import type { Check, Subject } from "./Subject.ts"

/** All checks in the order in which they are printed. A later check may fail because of an earlier one. */
export const checks: ReadonlyArray<Check> = [
  Node.check,
  Power.check,
  Disk.check,
  Permissions.check,
  Proxy.check,
  Certificates.check,
  Dns.check,
  Connection.check,
  Portal.check,
  Tls.check,
  Api.check,
  Clock.check,
  Credentials.check,
  Pairing.check,
  Token.check,
  Journal.check,
  Queue.check,
]

/** The result of one check with its name. */
export interface Named {
  readonly name: string
  readonly finding: Finding.Finding
}

/** Runs one check. A check that does not end in time is reported as late, and a bug in a check as a problem. */
export const one = (check: Check, subject: Subject): Effect.Effect<Named, never, FileSystem.FileSystem> =>
  Effect.suspend(() => check.run(subject)).pipe(
    Effect.timeoutOrElse({
      duration: Duration.millis(check.timeoutMs),
      orElse: () => Effect.succeed(check.late),
    }),
    Effect.catchCauseIf(
      (cause) => !Cause.hasInterruptsOnly(cause),
      // The message of a defect is not printed, because it can quote anything.
      () => Effect.succeed(Finding.problem("defect", "the check failed because of a bug in holdfast", "report it")),
    ),
    Effect.map((finding) => ({ name: check.name, finding })),
  )

/**
 * Runs checks concurrently and passes each result to `show` in the order of the checks, as soon as the results before it are
 * known.
 */
export const all = <R>(
  subject: Subject,
  show: (named: Named) => Effect.Effect<void, never, R>,
  selected: ReadonlyArray<Check> = checks,
): Effect.Effect<ReadonlyArray<Named>, never, FileSystem.FileSystem | R> =>
  Effect.gen(function* () {
    const running = yield* Effect.forEach(selected, (check) => Effect.forkChild(one(check, subject)))
    return yield* Effect.forEach(running, (fiber) => Effect.tap(Fiber.join(fiber), show))
  })
