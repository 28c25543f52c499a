/**
 * Saves the exchanges of failures as files. The files are redacted and readable only by their owner, and only the newest
 * files are kept.
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

/** The error for an exchange that could not be saved. `code` is the error code from the operating system. */
export class NotSaved extends Data.TaggedError("NotSaved")<{ readonly code: string; readonly directory: string }> {}

/**
 * Returns the names of the saved files, ordered from oldest to newest. Each file name begins with the time of the exchange.
 */
const names = (directory: string): ReadonlyArray<string> =>
  Fs.readdirSync(directory)
    .filter((name) => /^\d{8}T\d{6}Z-[0-9a-f]{6}\.json$/.test(name))
    .toSorted()

/** Formats a time in the form `20261121T172401Z`. */
const stamp = (millis: number): string =>
  `${DateTime.formatIso(DateTime.makeUnsafe(millis)).slice(0, 19).replaceAll(/[-:]/g, "")}Z`

/**
 * Creates a folder and its missing parent folders. Node's `recursive` option hangs on some file systems (see
 * `bin/compileCache.js`).
 */
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
 * Writes an exchange to a file below the directory `home`, and deletes the oldest saved exchanges if the limit is exceeded.
 * The effect succeeds with the path of the written file.
 *
 * **Details**
 *
 * The redaction rules of all rule sets are applied to the exchange. A file that could not be written completely is deleted.
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
