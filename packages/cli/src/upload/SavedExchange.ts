/**
 * Saves the exchanges of failures as files: redacted, readable only by their owner, and limited to the newest.
 */
import * as Explain from "@holdfast/explain/Explain"
import { type Exchange, timeOf } from "@holdfast/diagnosis/Exchange"
import * as ExchangeFile from "@holdfast/diagnosis/ExchangeFile"
import * as Data from "effect/Data"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Random from "effect/Random"
import * as Fs from "node:fs"
import * as Path from "node:path"

/** The maximum number of saved exchanges. */
const most = 20

/** An exchange could not be saved. `code` is the operating system's. */
export class NotSaved extends Data.TaggedError("NotSaved")<{ readonly code: string; readonly directory: string }> {}

/** The files from oldest to newest. Their names begin with the time. */
const names = (directory: string): ReadonlyArray<string> =>
  Fs.readdirSync(directory)
    .filter((name) => /^\d{8}T\d{6}Z-[0-9a-f]{6}\.json$/.test(name))
    .toSorted()

/** The time as `20261121T172401Z`. */
const stamp = (millis: number): string =>
  `${DateTime.formatIso(DateTime.makeUnsafe(millis)).slice(0, 19).replaceAll(/[-:]/g, "")}Z`

/** Creates a folder and its parents. Node's `recursive` hangs on some file systems: see `bin/compileCache.js`. */
const makeFolder = (folder: string): void => {
  try {
    Fs.mkdirSync(folder, { mode: 0o700 })
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : undefined
    if (code === "EEXIST") return
    if (code !== "ENOENT" || Path.dirname(folder) === folder) throw error
    makeFolder(Path.dirname(folder))
    Fs.mkdirSync(folder, { mode: 0o700 })
  }
}

/**
 * Writes an exchange below a directory and deletes the oldest beyond the limit. Succeeds with the path.
 *
 * **Details**
 *
 * All rule sets have redacted the exchange. An incompletely written file is deleted.
 */
export const save = (exchange: Exchange, home: string): Effect.Effect<string, NotSaved> =>
  Effect.gen(function* () {
    const id = yield* Random.nextIntBetween(0, 0x1000000)
    const directory = Path.join(home, "exchanges")
    const path = Path.join(directory, `${stamp(timeOf(exchange) ?? 0)}-${id.toString(16).padStart(6, "0")}.json`)
    return yield* Effect.try({
      try: () => {
        makeFolder(directory)
        try {
          Fs.writeFileSync(path, ExchangeFile.encode(exchange, Explain.redact), { mode: 0o600, flag: "wx" })
        } catch (error) {
          Fs.rmSync(path, { force: true })
          throw error
        }
        for (const name of names(directory).slice(0, -most)) Fs.rmSync(Path.join(directory, name), { force: true })
        return path
      },
      catch: (error) =>
        new NotSaved({
          directory,
          code: error instanceof Error && "code" in error ? String(error.code) : "unknown reason",
        }),
    })
  })
