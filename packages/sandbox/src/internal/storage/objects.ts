/**
 * The objects that forms stored, each in a file on disk.
 *
 * **Details**
 *
 * An object is written under a temporary name and renamed after its form has passed all checks, so that it is stored
 * completely or not at all. The files are named by number, because a key comes from the client and may be any text.
 */
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import type { PlatformError } from "effect/PlatformError"
import { createHash } from "node:crypto"
import { join } from "node:path"
import { StorageError } from "../../SandboxError.ts"
import type { StoredObject } from "../../StoredObject.ts"

export type ObjectStore = Effect.Success<ReturnType<typeof make>>

/** Stores objects in `directory`, which must exist. `report` receives every disk error. */
export const make = Effect.fnUntraced(function* (
  directory: string,
  report: (error: StorageError) => Effect.Effect<unknown>,
) {
  const fs = yield* FileSystem.FileSystem
  const objects = new Map<string, StoredObject>()
  let writes = 0
  const failed = (operation: string, path: string) => {
    const toError = Effect.mapError((cause: PlatformError) => new StorageError({ operation, path, cause }))
    return <A, R>(self: Effect.Effect<A, PlatformError, R>) => Effect.tapError(toError(self), report)
  }

  // A kept folder may hold what an earlier run stored.
  const freshPath: Effect.Effect<string, StorageError> = Effect.suspend(() => {
    const path = join(directory, `object-${String(++writes).padStart(5, "0")}`)
    return fs.exists(path).pipe(
      failed("read", path),
      Effect.flatMap((taken) => (taken ? freshPath : Effect.succeed(path))),
    )
  })

  /** Opens a file for writing. The file is deleted when the scope closes, unless it has been kept by then. */
  const begin = Effect.gen(function* () {
    const path = yield* freshPath
    const temporary = `${path}.tmp`
    const file = yield* fs.open(temporary, { flag: "w" }).pipe(failed("write", temporary))
    yield* Effect.addFinalizer(() => Effect.ignore(fs.remove(temporary, { force: true })))
    const digest = createHash("md5")
    return {
      write: (data: Uint8Array) => {
        digest.update(data)
        return file.writeAll(data).pipe(failed("write", temporary))
      },
      keep: (object: Pick<StoredObject, "key" | "contentType" | "bytes">) =>
        fs.rename(temporary, path).pipe(
          failed("rename", temporary),
          Effect.map(() => {
            const stored = { ...object, etag: digest.digest("hex"), path }
            objects.set(object.key, stored)
            return stored
          }),
          Effect.uninterruptible,
        ),
    }
  })

  return { begin, all: Effect.sync((): ReadonlyArray<StoredObject> => [...objects.values()]) }
})
