import { assert, describe, it } from "@effect/vitest"
import type { Journal } from "@holdfast/durable"
import { Effect, Redacted, Schedule } from "effect"
import { spawn } from "node:child_process"
import { once } from "node:events"
import { createInterface } from "node:readline"
import { fileURLToPath } from "node:url"
import * as Journals from "../../../durable/test/support/journals.ts"
import * as JournalPlace from "../../support/postgres/journalPlace.ts"
import { missing, PostgresServer } from "../../support/postgres/PostgresServer.ts"
import * as Peer from "../../support/processes/Peer.ts"

const program = fileURLToPath(new URL("../../support/postgres/ownerProcess.ts", import.meta.url))

/** A process that owns the queue, with the lines that it has printed. It is killed with the scope. */
const owner = ({ database }: JournalPlace.PostgresPlace) =>
  Effect.acquireRelease(
    Effect.sync(() => {
      const env = {
        ...process.env,
        PGUSER: database.username,
        PGPASSWORD: Redacted.value(database.password),
      }
      const args = ["--conditions=@holdfast/source", program, String(database.port), database.database]
      const child = spawn(process.execPath, args, { env, stdio: ["ignore", "pipe", "inherit"] })
      const ended = once(child, "close")
      const lines: Array<string> = []
      createInterface({ input: child.stdout }).on("line", (line) => lines.push(line))
      /** Waits for a line that begins with a text. */
      const line = (begin: string) =>
        Effect.promise(() =>
          Peer.until(() => lines.find((line) => line.startsWith(begin)), { what: begin, seconds: 20 }),
        )
      const kill = Effect.promise(async () => {
        child.kill("SIGKILL")
        await ended
      })
      return { signal: (name: "SIGSTOP" | "SIGCONT") => Effect.sync(() => child.kill(name)), line, lines, kill }
    }),
    ({ kill }) => kill,
  )

const printed = (lines: ReadonlyArray<string>) => lines.filter((line) => line.startsWith("part ")).length

/** Tries to become the owner until the other owner's session has ended. */
const succeed = (journal: Journal["Service"]) =>
  journal.own.pipe(
    Effect.retry({ schedule: Schedule.spaced("50 millis"), while: ({ _tag }) => _tag === "JournalOwned" }),
    Effect.timeout("20 seconds"),
  )

describe.skipIf(missing !== undefined)(Peer.title("the owner of a journal on PostgreSQL", missing), () => {
  it.layer(PostgresServer.layer, { excludeTestServices: true, timeout: 60_000 })((it) => {
    it.effect("is replaced as soon as its process has been killed, and every part that it confirmed is there", () =>
      Effect.gen(function* () {
        const place = yield* JournalPlace.make
        const first = yield* owner(place)
        const id = (yield* first.line("owner ")).slice("owner ".length)
        yield* first.line("part 20")
        yield* place.using((journal) =>
          Effect.gen(function* () {
            assert.strictEqual((yield* Effect.flip(journal.own))._tag, "JournalOwned")
            yield* first.kill
            const { epoch } = yield* succeed(journal)
            assert.strictEqual(epoch, 2)
            // The last part may be in the journal although the process was killed before it printed the part.
            assert.include([0, 1], (yield* journal.parts(id)).length - printed(first.lines))
            assert.deepInclude(yield* journal.get(id), { state: "sending", crashes: 0 })
          }),
        )
      }),
    )

    it.effect("is replaced while its process is suspended, and writes nothing after it has woken up", () =>
      Effect.gen(function* () {
        const place = yield* JournalPlace.make
        const first = yield* owner(place)
        const id = (yield* first.line("owner ")).slice("owner ".length)
        yield* first.line("part 20")
        yield* place.using((journal) =>
          Effect.gen(function* () {
            yield* first.signal("SIGSTOP")
            assert.strictEqual((yield* Effect.flip(journal.own))._tag, "JournalOwned")
            // The suspended process may be within a transaction.
            yield* journal.add([Journals.upload("/other")])
            const { write } = yield* succeed(journal)
            const before = yield* journal.parts(id)
            yield* first.signal("SIGCONT")
            assert.strictEqual(yield* first.line("ended "), "ended JournalFenced")
            assert.deepStrictEqual(yield* journal.parts(id), before)
            yield* write({ _tag: "Failed", id, error: Journals.error })
          }),
        )
      }),
    )
  })
})
