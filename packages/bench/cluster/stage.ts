/**
 * The servers of a run on 127.0.0.1: PostgreSQL, which never runs as root, Redis, and the sandbox.
 */
import { Effect, Exit, Scope } from "effect"
import * as Redis from "../../peers/support/redis/RedisServer.ts"
import * as Databases from "../shared/databases.ts"
import * as Server from "../shared/sandbox/Server.ts"

export interface Stage {
  readonly databases: Databases.Databases
  readonly redis: { readonly url: string; readonly kill: () => Promise<void> }
  readonly server: Server.Server
  readonly end: () => Promise<void>
}

export const open = async (): Promise<Stage> => {
  if (Redis.missing !== undefined) throw new Error(Redis.missing)
  const databases = await Databases.start()
  const scope = Scope.makeUnsafe()
  const redis = await Effect.runPromise(Scope.provide(Redis.start, scope))
  const server = Server.start({ PATH: process.env["PATH"], LANG: "C.UTF-8" })
  return {
    databases,
    server,
    redis: { url: `redis://127.0.0.1:${redis.port}`, kill: () => Effect.runPromise(redis.kill) },
    end: async () => {
      server.end()
      await Effect.runPromise(Scope.close(scope, Exit.void))
      await databases.end()
    },
  }
}
