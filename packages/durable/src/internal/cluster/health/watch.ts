/**
 * Lets the runners of a cluster watch each other, so that the loss of the runner that checks the health of all is noticed too.
 */
import type * as RunnerAddress from "effect/cluster/RunnerAddress"
import { RunnerStorage } from "effect/cluster/RunnerStorage"
import * as Effect from "effect/Effect"
import * as Equal from "effect/Equal"
import * as Lost from "./lost.ts"
import type { Probe } from "./probe.ts"

/** How often a runner probes those that it watches. */
const every = "500 millis"

/** The number of other runners that a runner watches. Each runner is then watched by as many others. */
const watched = 2

/** Returns the runners that a runner watches: those that follow it when all are sorted by address. */
export const followers = (
  all: ReadonlyArray<RunnerAddress.RunnerAddress>,
  self: RunnerAddress.RunnerAddress,
): ReadonlyArray<RunnerAddress.RunnerAddress> => {
  const sorted = all.toSorted((a, b) => (text(a) < text(b) ? -1 : 1))
  const own = sorted.findIndex((address) => Equal.equals(address, self))
  if (own === -1) return []
  return [...sorted.slice(own + 1), ...sorted.slice(0, own)].slice(0, watched)
}

const text = ({ host, port }: RunnerAddress.RunnerAddress): string => `${host}:${port}`

/**
 * Probes the followers of a runner, and marks those whose process has ended, until it is interrupted.
 *
 * **Details**
 *
 * Only a refused connection counts, so load and a slow network alone do not mark a runner. A wrong mark moves shards, but does
 * no harm to uploads, because the journal rejects the writes of their previous owner. The runner that checks the health of all
 * removes the mark.
 */
export const run = (self: RunnerAddress.RunnerAddress, probe: Probe): Effect.Effect<never, never, RunnerStorage> =>
  Effect.gen(function* () {
    const storage = yield* RunnerStorage
    const look = Effect.gen(function* () {
      const healthy = (yield* storage.getRunners).flatMap(([{ address }, isHealthy]) => (isHealthy ? [address] : []))
      yield* Effect.forEach(
        followers(healthy, self),
        (address) =>
          Effect.flatMap(Lost.settled(probe, address), (finding) =>
            finding === "refused"
              ? Effect.andThen(
                  Effect.logInfo("a runner has ended, so others take its uploads", { runner: text(address) }),
                  storage.setRunnerHealth(address, false),
                )
              : Effect.void,
          ),
        { concurrency: watched, discard: true },
      )
    })
    // A database that is away is reported by the runner itself.
    return yield* Effect.forever(Effect.andThen(Effect.ignore(look), Effect.sleep(every)))
  })
