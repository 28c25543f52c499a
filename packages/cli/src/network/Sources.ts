/**
 * Opens the files of a command, and objects of S3.
 */
import { local, type Files, isObject, SourceFiles } from "@holdfast/c2c/SourceFile"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Network from "./Network.ts"

/** The source of objects, with the credentials in the environment and the proxies of the command. */
const objects = Layer.unwrap(
  Effect.map(
    Effect.promise(() => import("@holdfast/c2c/S3Source")),
    ({ layerConfig }) => layerConfig,
  ),
).pipe(
  Layer.provide(Network.layer),
  Layer.catch(({ problem, remedy }) => Layer.succeed(SourceFiles, local({ detail: problem, action: remedy }))),
)

/** Lets an effect upload objects of S3. Their client is loaded when the first object is opened. */
export const withObjects = <A, E, R>(effect: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> =>
  Effect.gen(function* () {
    const files = yield* SourceFiles
    const scope = yield* Effect.scope
    const found = yield* Effect.cached(
      Effect.map(Layer.buildWithScope(objects, scope), (context) => Context.get(context, SourceFiles)),
    )
    const both: Files = {
      open: (path, options) =>
        isObject(path) ? Effect.flatMap(found, ({ open }) => open(path, options)) : files.open(path, options),
      version: (path) => (isObject(path) ? Effect.flatMap(found, ({ version }) => version(path)) : files.version(path)),
      list: (folder) => Effect.flatMap(found, ({ list }) => list(folder)),
    }
    return yield* Effect.provideService(effect, SourceFiles, both)
  }).pipe(Effect.scoped)
