/**
 * Decides whether the process of a runner has ended.
 */
import type * as RunnerAddress from "effect/cluster/RunnerAddress"
import type { RunnerHealth } from "effect/cluster/RunnerHealth"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import type { Finding, Probe } from "./probe.ts"

/** A runner is lost if this many probes in a row were refused, with this time between them. */
const refusals = 3
const between = Duration.millis(200)

/** Repeats the probe until it is not refused, or was refused often enough. */
export const settled = (probe: Probe, address: RunnerAddress.RunnerAddress, left = refusals): Effect.Effect<Finding> =>
  Effect.flatMap(probe(address), (finding) =>
    finding === "refused" && left > 1
      ? Effect.delay(settled(probe, address, left - 1), between)
      : Effect.succeed(finding),
  )

/**
 * Creates a health check that probes the port of a runner.
 *
 * **Details**
 *
 * A suspended runner counts as alive, because its shards cannot move before the database ends its session, and its heartbeat
 * expires at that time too. `ping` decides about a runner that does not answer.
 */
export const health = (probe: Probe, ping: RunnerHealth["Service"]): RunnerHealth["Service"] => ({
  isAlive: (address) =>
    Effect.flatMap(settled(probe, address), (finding) =>
      finding === "silent" ? ping.isAlive(address) : Effect.succeed(finding === "open"),
    ),
})
