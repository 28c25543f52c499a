/**
 * Probes whether a process listens at the address of a runner.
 */
import * as Effect from "effect/Effect"
import type * as RunnerAddress from "effect/cluster/RunnerAddress"
import { connect } from "node:net"

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

/** Opens a connection and closes it again. */
export const probe: Probe = ({ host, port }) =>
  Effect.callback<Finding>((resume) => {
    const socket = connect({ host, port })
    socket.once("connect", () => resume(Effect.succeed("open")))
    socket.on("error", (error: NodeJS.ErrnoException) =>
      resume(Effect.succeed(error.code === "ECONNREFUSED" ? "refused" : "silent")),
    )
    return Effect.sync(() => void socket.destroy())
  }).pipe(Effect.timeoutOrElse({ duration: longest, orElse: (): Effect.Effect<Finding> => Effect.succeed("silent") }))
