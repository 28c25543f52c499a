/** Helpers for the tests of `TokenStore`. */
import { NodeServices } from "@effect/platform-node"
import { Effect, FileSystem, Layer, Path, PlatformError } from "effect"
import { TokenStore, type TokenStoreError } from "@holdfast/oauth"

/** A disk failure with Node's code. */
export const ioError = (code: string) =>
  PlatformError.systemError({
    _tag: code === "EACCES" ? "PermissionDenied" : "Unknown",
    module: "FileSystem",
    method: "test",
    cause: Object.assign(new Error(code), { code }),
  })

/** A store in its own folder on the real file system, which the test changes and watches. */
export const inFolder = <A, E>(
  body: (tools: {
    readonly fs: FileSystem.FileSystem
    readonly file: string
    readonly folder: string
    readonly open: (
      change?: (fs: FileSystem.FileSystem) => Partial<FileSystem.FileSystem>,
    ) => Effect.Effect<TokenStore["Service"], TokenStoreError>
  }) => Effect.Effect<A, E, FileSystem.FileSystem>,
) =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const path = yield* Path.Path
    const folder = yield* fs.makeTempDirectoryScoped()
    const file = path.join(folder, "state", "tokens.json")
    return yield* body({
      fs,
      file,
      folder: path.join(folder, "state"),
      open: (change = () => ({})) =>
        TokenStore.pipe(
          Effect.provide(
            TokenStore.layerFile(file).pipe(
              Layer.provide([
                Layer.succeed(FileSystem.FileSystem, { ...fs, ...change(fs) }),
                Layer.succeed(Path.Path, path),
              ]),
              Layer.fresh,
            ),
          ),
        ),
    })
  }).pipe(Effect.scoped, Effect.provide(NodeServices.layer))
