import { describe } from "@effect/vitest"
import { Effect, ManagedRuntime } from "effect"
import { afterAll, beforeAll } from "vitest"
import { journalContract } from "../../../durable/test/support/contract/index.ts"
import * as JournalPlace from "../../support/postgres/journalPlace.ts"
import { missing, PostgresServer } from "../../support/postgres/PostgresServer.ts"
import * as Peer from "../../support/processes/Peer.ts"

const runtime = ManagedRuntime.make(PostgresServer.layer)

describe.skipIf(missing !== undefined)(Peer.title("the journal", missing), () => {
  beforeAll(() => runtime.runPromise(PostgresServer))
  afterAll(() => runtime.dispose())
  journalContract({
    name: "PostgreSQL",
    // The server's own connections do not follow the clock of a test.
    place: Effect.promise(() => runtime.runPromise(JournalPlace.make)),
    settled: Effect.promise(() => new Promise((resolve) => setTimeout(resolve, 150))),
    echoes: 1,
  })
})
