/**
 * Finds a free port for a worker, because the other workers must know the port before it listens.
 */
import * as Effect from "effect/Effect"
import { createServer } from "node:net"
import { UsageError } from "../process/PersonError.ts"
import type { Listen } from "../worker/Listen.ts"

/** Replaces port 0 by a free port of the host. Another program may take the port before the worker listens. */
export const choose = ({ host, port }: Listen): Effect.Effect<Listen, UsageError> =>
  port !== 0
    ? Effect.succeed({ host, port })
    : Effect.callback<Listen, UsageError>((resume) => {
        const server = createServer()
        server.once("error", ({ message }) => {
          const problem = `cannot listen on ${host}: ${message}`
          resume(Effect.fail(new UsageError({ problem, remedy: "choose an address of this machine for --listen" })))
        })
        server.listen(0, host, () => {
          const address = server.address()
          const found = typeof address === "object" && address !== null ? address.port : 0
          server.close(() => resume(Effect.succeed({ host, port: found })))
        })
      })
