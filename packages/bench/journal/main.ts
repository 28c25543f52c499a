/**
 * Measures the CPU time of the journal: adding and listing 10 000 uploads, and recording a part.
 *
 * A part costs two writes: that it begins, and that it is confirmed. Concurrent uploads share transactions, so a part costs less
 * if more of them are in flight. With 500 parts, a third of the time of the first series is that of compiling the code. Exits with
 * 1 if a part costs more than 1 ms.
 *
 *     npm run bench:journal -- [--uploads 10000] [--parts 4000]
 */
import { Journal } from "@holdfast/durable"
import { Effect, type Scope } from "effect"
import * as Fs from "node:fs"
import * as Os from "node:os"
import * as Path from "node:path"
import { parseArgs } from "node:util"

const { values } = parseArgs({
  options: { uploads: { type: "string", default: "10000" }, parts: { type: "string", default: "4000" } },
})
const parent = Fs.mkdtempSync(Path.join(Os.tmpdir(), "holdfast-journal-"))
const file = { bytes: 5e9, modifiedNs: "1790000000123456789", inode: "42" }

const using = <A, E>(body: (journal: Journal["Service"]) => Effect.Effect<A, E, Scope.Scope>) =>
  Effect.flatMap(Journal, body).pipe(
    Effect.scoped,
    Effect.provide(Journal.layer({ directory: Path.join(parent, "state"), marks: Path.join(parent, "marks") }), {
      local: true,
    }),
  )

/** The most CPU time that a part may cost, in milliseconds. */
const mostOfPart = 1

/** Prints the CPU time and the elapsed time of an effect, divided by a number of units. */
const measure = <A, E, R>(name: string, units: number, unit: string, effect: Effect.Effect<A, E, R>) =>
  Effect.gen(function* () {
    const cpu = process.cpuUsage()
    const started = performance.now()
    const result = yield* effect
    const { system, user } = process.cpuUsage(cpu)
    const milliseconds = (value: number) => `${(value / units).toFixed(3).padStart(8)} ms`
    const elapsed = milliseconds(performance.now() - started)
    console.log(`${name.padEnd(46)} ${milliseconds((user + system) / 1000)} CPU ${elapsed} elapsed per ${unit}`)
    if (unit === "part" && (user + system) / 1000 / units > mostOfPart) process.exitCode = 1
    return result
  })

const count = Number(values.uploads)
const parts = Number(values.parts)

try {
  await Effect.runPromise(
    using((journal) =>
      Effect.gen(function* () {
        const uploads = Array.from({ length: count }, (_, n) => ({ path: `/media/card/DCIM/100/CLIP_${n}.MOV`, file }))
        const [first] = yield* measure(`add ${count} uploads`, count, "upload", journal.add(uploads))
        const id = first?.id ?? ""
        const { write } = yield* journal.own
        yield* write({ _tag: "Creating", id, file })
        let next = 0
        const part = Effect.suspend(() => {
          const index = next++
          const chunk = { index, offset: index * 1000, length: 1000 }
          return Effect.andThen(
            write({ _tag: "PartSending", id, chunk }),
            write({ _tag: "PartConfirmed", id, part: { ...chunk, md5: "0".repeat(32), proof: "md5" } }),
          )
        })
        for (const concurrency of [1, 4, 16]) {
          const all = Effect.all(
            Array.from({ length: parts }, () => part),
            { concurrency, discard: true },
          )
          yield* measure(`record a part, ${concurrency} in flight`, parts, "part", all)
        }
      }),
    ),
  )
  for (let n = 0; n < 5; n++) {
    const listed = using((journal) => journal.list)
    await Effect.runPromise(measure(`open, check and list ${count} uploads`, 1, "list", listed))
  }
} finally {
  Fs.rmSync(parent, { recursive: true, force: true })
}
