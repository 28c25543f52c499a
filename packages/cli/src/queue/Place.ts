/**
 * Opens the queue of an API.
 */
import { Journal } from "@holdfast/durable/Journal"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as FsPromises from "node:fs/promises"
import * as Os from "node:os"
import * as Path from "node:path"
import type { Address } from "../cluster/Address.ts"
import type { PersonError } from "../process/PersonError.ts"
import { LocalProblem } from "../process/PersonError.ts"
import * as Problem from "./Problem.ts"

/** Opens the journal in a directory. A journal that cannot be used ends the command with a user error. */
export const layer = (directory: string): Layer.Layer<Journal, PersonError> => opened({ directory })

const opened = (options: { readonly directory: string; readonly marks?: string }): Layer.Layer<Journal, PersonError> =>
  Journal.layer(options).pipe(Layer.catch((error) => Layer.effect(Journal, Effect.fail(Problem.of(error)))))

/** Opens the journal that the workers of a cluster share. The client of the database is loaded only here. */
export const database = (address: Address): Layer.Layer<Journal, PersonError> =>
  Layer.unwrap(
    Effect.map(
      Effect.promise(() => import("../cluster/Connection.ts")),
      ({ journal }) => journal(address),
    ),
  )

/** A journal in a temporary directory, which is removed when the layer's scope closes. */
export const temporary: Layer.Layer<Journal, PersonError> = Layer.unwrap(
  Effect.map(
    Effect.acquireRelease(
      Effect.tryPromise({
        try: () => FsPromises.mkdtemp(Path.join(Os.tmpdir(), "holdfast-queue-")),
        catch: (error) =>
          new LocalProblem({
            problem: `cannot create a directory in ${Os.tmpdir()}: ${error instanceof Error ? error.message : error}`,
            remedy: "set TMPDIR to a directory that you can write to",
          }),
      }),
      (directory) => Effect.promise(() => FsPromises.rm(directory, { recursive: true, force: true })),
    ),
    // Marks recognize an older copy of a journal. This journal has no copies, so its marks are removed with it.
    (directory) => opened({ directory, marks: Path.join(directory, "marks") }),
  ),
)
