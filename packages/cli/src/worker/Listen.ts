/**
 * Parses the address at which the other workers reach a worker.
 */
import * as Effect from "effect/Effect"
import { UsageError } from "../process/PersonError.ts"

/** A host and a port. Port 0 is any free port. */
export interface Listen {
  readonly host: string
  readonly port: number
}

/** Parses `host:port` or `[address]:port`. */
export const parse = (text: string): Effect.Effect<Listen, UsageError> => {
  const [, bracketed, plain, port = ""] = /^(?:\[([0-9a-fA-F:.]+)\]|([^\s:[\]]+)):(\d{1,5})$/.exec(text) ?? []
  const host = bracketed ?? plain
  return host !== undefined && Number(port) <= 65_535
    ? Effect.succeed({ host, port: Number(port) })
    : Effect.fail(
        new UsageError({
          problem: `--listen: "${text}" is not an address`,
          remedy: "write HOST:PORT, such as 10.0.0.7:34431",
        }),
      )
}
