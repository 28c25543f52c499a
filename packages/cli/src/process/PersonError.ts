/**
 * User errors. Each user error is printed on one line with the problem and its remedy, without a stack trace.
 */
import * as Data from "effect/Data"
import type { Outcome } from "./ExitCode.ts"

interface Fields {
  readonly problem: string
  readonly remedy: string
}

const line = ({ problem, remedy }: Fields): string => `${problem}; ${remedy}`

/** The command line is invalid. */
export class UsageError extends Data.TaggedError("UsageError")<Fields> {
  readonly outcome: Outcome = "usage"
  override get message() {
    return line(this)
  }
}

/** The command does not have a valid token, and no user is present to sign in. */
export class PairingNeeded extends Data.TaggedError("PairingNeeded")<Fields> {
  readonly outcome: Outcome = "pairing"
  override get message() {
    return line(this)
  }
}

/** The API cannot be reached or is unavailable. */
export class ApiUnreachable extends Data.TaggedError("ApiUnreachable")<Fields> {
  readonly outcome: Outcome = "temporary"
  override get message() {
    return line(this)
  }
}

/** The database of the cluster does not answer. */
export class DatabaseUnavailable extends Data.TaggedError("DatabaseUnavailable")<Fields> {
  readonly outcome: Outcome = "temporary"
  override get message() {
    return line(this)
  }
}

/** The run exceeded its time limit. */
export class TimeIsUp extends Data.TaggedError("TimeIsUp")<Fields> {
  readonly outcome: Outcome = "temporary"
  override get message() {
    return line(this)
  }
}

/** The vendor rejected the entire command. */
export class Refused extends Data.TaggedError("Refused")<Fields> {
  readonly outcome: Outcome = "refused"
  override get message() {
    return line(this)
  }
}

/** A disk or directory on this machine cannot be used. */
export class LocalProblem extends Data.TaggedError("LocalProblem")<Fields> {
  readonly outcome: Outcome = "local"
  override get message() {
    return line(this)
  }
}

/** The files could not be added to a queue that another process is sending. */
export class NotQueued extends Data.TaggedError("NotQueued")<Fields> {
  readonly outcome: Outcome = "queue"
  override get message() {
    return line(this)
  }
}

/** The union of all user errors. */
export type PersonError =
  | UsageError
  | PairingNeeded
  | ApiUnreachable
  | DatabaseUnavailable
  | TimeIsUp
  | Refused
  | LocalProblem
  | NotQueued

const classes = [
  UsageError,
  PairingNeeded,
  ApiUnreachable,
  DatabaseUnavailable,
  TimeIsUp,
  Refused,
  LocalProblem,
  NotQueued,
] as const

/** Whether a value is a user error. */
export const isPersonError = (u: unknown): u is PersonError => classes.some((Class) => u instanceof Class)
