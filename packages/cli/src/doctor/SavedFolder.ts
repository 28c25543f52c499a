/**
 * Finds the part of a path that already exists, because the directory of saved files is created only when it is needed.
 */
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import type { PlatformError } from "effect/PlatformError"
import * as Path from "node:path"

/** Returns the path, or its nearest parent that exists. */
export const existing = (path: string): Effect.Effect<string, PlatformError, FileSystem.FileSystem> =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    let at = Path.resolve(path)
    while (!(yield* fs.exists(at)) && Path.dirname(at) !== at) at = Path.dirname(at)
    return at
  })

/** Returns the operating system's code of a failed file operation, such as `EROFS`. */
export const codeOf = ({ reason }: PlatformError): string => {
  const { cause } = reason
  return typeof cause === "object" && cause !== null && "code" in cause && typeof cause.code === "string"
    ? cause.code
    : reason._tag
}
