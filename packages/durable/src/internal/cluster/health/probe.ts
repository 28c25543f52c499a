/**
 * Probes whether a process listens at the address of a runner.
 */
import * as Effect from "effect/Effect"
import type * as RunnerAddress from "effect/cluster/RunnerAddress"
import { Socket } from "node:net"

/**
 * What a probe found.
 *
 * - `open`: something listens. The kernel accepts connections for a process that is busy or suspended.
 * - `refused`: the machine answers, and nothing listens. A process that still runs is not refused, however busy it is.
 * - `silent`: nothing answered in time, or the network reported another error.
 */
export type Finding = "open" | "refused" | "silent"

export type Probe = (address: RunnerAddress.RunnerAddress) => Effect.Effect<Finding>

/** How long a probe waits for an answer. */
const longest = "1 second"

/** What an error of a connection says. A host with several addresses is refused only if every address was refused. */
export const findingOf = (error: NodeJS.ErrnoException): Finding => {
  const errors: ReadonlyArray<NodeJS.ErrnoException> = error instanceof AggregateError ? error.errors : [error]
  return errors.length > 0 && errors.every(({ code }) => code === "ECONNREFUSED") ? "refused" : "silent"
}

/** Opens a connection and closes it again. */
export const probe: Probe = ({ host, port }) =>
  Effect.callback<Finding>((resume) => {
    const socket = new Socket()
    const found = (finding: Finding) => {
      socket.destroy()
      resume(Effect.succeed(finding))
    }
    socket.once("connect", () => found("open"))
    socket.on("error", (error) => found(findingOf(error)))
    try {
      socket.connect({ host, port })
    } catch {
      // Node throws for an address that cannot exist.
      found("silent")
    }
    return Effect.sync(() => void socket.destroy())
  }).pipe(Effect.timeoutOrElse({ duration: longest, orElse: (): Effect.Effect<Finding> => Effect.succeed("silent") }))
