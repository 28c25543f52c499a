/**
 * What the checks examine: the API, the directory of saved files, and the shared result of one health check.
 */
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import type * as FileSystem from "effect/FileSystem"
import type * as UserDirectories from "effect/persistence/UserDirectories"
import * as Result from "effect/Result"
import type * as Scope from "effect/Scope"
import * as Path from "node:path"
import * as Remedy from "../network/Remedy.ts"
import * as Target from "../network/Target.ts"
import type { LocalProblem, UsageError } from "../process/PersonError.ts"
import * as Finding from "./Finding.ts"
import * as Health from "./Health.ts"

/** The directory of saved files, and the paths of the token file and the queue directory in it. */
export interface Saved {
  readonly home: string
  readonly tokenFile: string
  readonly queue: string
}

/** What the checks examine. */
export interface Subject {
  readonly target: Target.Target
  /** The user error for missing credentials. */
  readonly missing: UsageError | undefined
  readonly saved: Result.Result<Saved, LocalProblem>
  /** Waits for the health check. A check that stops waiting does not cancel the health check. */
  readonly asked: Effect.Effect<Health.Asked>
}

/** One check of the command. */
export interface Check {
  readonly name: string
  /** The time after which the check is reported as a problem. */
  readonly timeoutMs: number
  /** The problem that is reported after the timeout. */
  readonly late: Finding.Finding
  readonly run: (subject: Subject) => Effect.Effect<Finding.Finding, never, FileSystem.FileSystem>
}

/** Starts the health check and finds the directories. The health check is interrupted when the scope closes. */
export const make = ({
  missing,
  target,
}: Target.Inspected): Effect.Effect<Subject, never, Scope.Scope | UserDirectories.UserDirectories> =>
  Effect.gen(function* () {
    const saved = yield* Effect.result(
      Effect.all({ home: Target.home, tokenFile: Target.tokenFile(target) }).pipe(
        // The token file and the queue of an API have the same name.
        Effect.map((found): Saved => ({
          ...found,
          queue: Path.join(found.home, "queue", Path.basename(found.tokenFile, ".json")),
        })),
      ),
    )
    const fiber = yield* Effect.forkScoped(Health.ask(target))
    return { target, missing, saved, asked: Effect.flatMap(Fiber.await(fiber), (exit) => exit) }
  })

/** Passes the health check to `use`, unless the proxy settings prevented the request. */
export const withHealth = (
  subject: Subject,
  use: (health: Health.Health) => Finding.Finding,
): Effect.Effect<Finding.Finding> =>
  Effect.map(subject.asked, (asked) =>
    Result.isSuccess(asked) ? use(asked.success) : Finding.skipped("the proxy settings are invalid"),
  )

/** Creates the problem of a failed health check. */
export const failureOf = (subject: Subject, { result }: Health.Health): Finding.Finding => {
  if (Result.isSuccess(result)) return Finding.ok("")
  const { api } = subject.target.config
  const { problem, remedy } = Remedy.unreachable(api, result.failure)
  const outcome = Remedy.outcomeOf(result.failure)
  return Finding.problem(outcome, problem, remedy)
}

/** The timeout of a check that reads only this machine: 5 s. A network share whose server is gone never answers. */
export const localMs = 5000

/** The timeout of a check that waits for the health check, which itself has a timeout of 15 s. */
export const healthMs = 20_000
