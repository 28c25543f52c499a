/**
 * Lists the files that an upload would send.
 */
import { SourceFiles } from "@holdfast/c2c/SourceFile"
import * as Effect from "effect/Effect"
import * as Ended from "../../process/Ended.ts"
import { Output } from "../../terminal/Output.ts"
import * as Format from "../../terminal/Format.ts"

/** Prints each file with its size. Ends with the exit code for local problems if a file cannot be read. */
export const list = (paths: ReadonlyArray<string>, json: boolean): Effect.Effect<void, Ended.Ended, Output> =>
  Effect.gen(function* () {
    const output = yield* Output
    const sources = yield* SourceFiles
    const files = yield* Effect.forEach(
      paths,
      (path) =>
        Effect.scoped(sources.open(path)).pipe(
          Effect.map(({ bytes }) => ({ path, bytes, error: null })),
          Effect.catch((error) => Effect.succeed({ path, bytes: null, error: error.message })),
        ),
      { concurrency: 16 },
    )
    const isWhole = files.every(({ error }) => error === null)
    if (json) {
      yield* output.json({ files })
    } else {
      for (const { bytes, error, path } of files) {
        if (bytes === null) yield* output.message(`holdfast: ${error}`)
        else yield* output.data(`${Format.bytes(bytes).padStart(9)}  ${path}`)
      }
      const total = files.reduce((sum, { bytes }) => sum + (bytes ?? 0), 0)
      yield* output.message(`${Format.count(files.length, "file", "files")}, ${Format.bytes(total)}; nothing was sent`)
    }
    yield* Ended.end(isWhole ? "ok" : "local")
  })
