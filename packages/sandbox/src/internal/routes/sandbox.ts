/**
 * `/sandbox/assets`: reports what the server stores, as proof of an upload. `/sandbox/refreshes`: reports the requests with
 * refresh tokens. Frame.io has no such routes.
 */
import * as Effect from "effect/Effect"
import * as HttpRouter from "effect/http/HttpRouter"
import type { StorageError } from "../../SandboxError.ts"
import * as frameio from "../responses/frameio.ts"
import type { Backend } from "./backend.ts"

export const sandboxRoutes = ({ accounts, store }: Backend) => [
  HttpRouter.route(
    "GET",
    "/sandbox/assets",
    store.all.pipe(
      Effect.map((assets) => frameio.json(assets)),
      Effect.catchTag("StorageError", diskFailed),
    ),
  ),
  HttpRouter.route(
    "GET",
    "/sandbox/refreshes",
    Effect.map(accounts.refreshes, (requests) => frameio.json(requests)),
  ),
  HttpRouter.route(
    "GET",
    "/sandbox/assets/:id",
    Effect.gen(function* () {
      const { id = "" } = yield* HttpRouter.params
      const asset = store.get(id)
      return asset === undefined ? frameio.notFound : frameio.json(yield* store.describe(asset))
    }).pipe(Effect.catchTag("StorageError", diskFailed)),
  ),
]

const diskFailed = (error: StorageError) =>
  Effect.succeed(frameio.detailed(500, "Internal Server Error", error.message))
