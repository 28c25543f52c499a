/** The journal in a folder, on SQLite. */
import { Effect } from "effect"
import * as Fs from "node:fs"
import { DatabaseSync } from "node:sqlite"
import * as Path from "node:path"
import * as Sqlite from "../../../src/internal/journal/sqlite.ts"
import * as Journals from "../journals.ts"
import type { Backend } from "./backend.ts"

export const sqlite: Backend = {
  name: "SQLite",
  echoes: 0,
  settled: Effect.void,
  place: Effect.map(Journals.folder, (directory) => {
    const state = Path.join(directory, "state")
    const image = Path.join(directory, "image")
    return {
      using: (body) => Journals.using(directory, body),
      crashing: (body) =>
        Effect.map(
          // The files at the moment of the crash replace those that the end of the process leaves.
          Journals.using(directory, (journal) =>
            Effect.tap(body(journal), () => Effect.sync(() => Fs.cpSync(state, image, { recursive: true }))),
          ),
          (result) => {
            Fs.rmSync(state, { recursive: true })
            Fs.renameSync(image, state)
            Fs.chmodSync(state, 0o700)
            Fs.rmSync(Path.join(directory, "marks"), { recursive: true, force: true })
            return result
          },
        ),
      execute: (statement) =>
        Effect.sync(() => {
          const database = new DatabaseSync(Journals.fileIn(directory))
          database.exec(statement)
          database.close()
        }),
      client: Effect.suspend(() => {
        Fs.mkdirSync(state, { recursive: true, mode: 0o700 })
        const options = { file: Journals.fileIn(directory), pragmas: "PRAGMA journal_mode = WAL" }
        return Effect.orDie(Effect.map(Sqlite.open(options), ({ sql }) => sql))
      }),
    }
  }),
}
