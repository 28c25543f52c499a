/** A process that acquires a lock repeatedly and logs while it holds it: argv is the lock file and the log. */
import * as Effect from "effect/Effect"
import * as Duration from "effect/Duration"
import * as Fs from "node:fs"
import * as ProcessLock from "../../src/ProcessLock.ts"

const [file = "", log = ""] = process.argv.slice(2)
const lock = ProcessLock.make(file, { atMost: Duration.seconds(30) })
const say = (what: string) => Effect.sync(() => Fs.appendFileSync(log, `${what} ${process.pid}\n`))

const visit = lock.exclusive(
  say("in").pipe(Effect.andThen(Effect.sleep(Math.random() * 4)), Effect.andThen(say("out"))),
)

await Effect.runPromise(Effect.forever(visit))
