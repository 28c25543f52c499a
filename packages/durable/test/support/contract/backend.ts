/** What the contract of the journal needs from a database. */
import type { Journal } from "@holdfast/durable/Journal"
import type { JournalError } from "@holdfast/durable/JournalError"
import { Effect, type Scope } from "effect"
import type { SqlClient } from "effect/sql"

/** Uses a journal, as a process of its own would. */
export type Use = <A, E>(
  body: (journal: Journal["Service"]) => Effect.Effect<A, E, Scope.Scope>,
) => Effect.Effect<A, E | JournalError>

/** Where one journal is kept. */
export interface Place {
  /** Opens the journal, and closes it afterwards. */
  readonly using: Use
  /** Opens the journal, and ends the process at the end of the body as a crash would. */
  readonly crashing: Use
  /** Changes the database as another program would. */
  readonly execute: (statement: string) => Effect.Effect<void>
  /** Another client of the same database. */
  readonly client: Effect.Effect<SqlClient.SqlClient, never, Scope.Scope>
}

export interface Backend {
  readonly name: string
  /** A place without a journal. */
  readonly place: Effect.Effect<Place, never, Scope.Scope>
  /** Waits, in real time, until the input and output that has begun is over. */
  readonly settled: Effect.Effect<void>
  /** How often a process finds its own transaction when it looks for those of other processes. */
  readonly echoes: number
}

/** Lets input and output go on, which take no time on a test's clock. */
export const breathe = Effect.promise(() => new Promise<void>((resolve) => setTimeout(resolve, 5)))
