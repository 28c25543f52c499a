/**
 * Lets the runners of a cluster watch each other, so that the loss of the runner that checks the health of all is noticed too.
 */
import type * as RunnerAddress from "effect/cluster/RunnerAddress"
import { RunnerStorage } from "effect/cluster/RunnerStorage"
import * as Cause from "effect/Cause"
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
 * Only a refused connection counts, so load and a slow network alone do not mark a runner. A wrong mark, for example behind a
 * firewall that rejects connections, moves shards but does no harm to uploads, because the journal rejects the writes of their
 * previous owner. The runner that checks the health of all removes the mark if it reaches the runner, and the next look sets it
 * again, so it is logged only once.
 */
export const run = (self: RunnerAddress.RunnerAddress, probe: Probe): Effect.Effect<never, never, RunnerStorage> =>
  Effect.gen(function* () {
    const storage = yield* RunnerStorage
    /** The runners that were refused when they were last probed. */
    const ended = new Set<string>()
    const mark = (address: RunnerAddress.RunnerAddress) => {
      const runner = text(address)
      const isKnown = ended.has(runner)
      ended.add(runner)
      return Effect.andThen(
        isKnown
          ? Effect.void
          : Effect.logInfo("the port of a runner is closed, so others take its uploads", { runner }),
        storage.setRunnerHealth(address, false),
      )
    }
    const look = Effect.gen(function* () {
      const all = yield* storage.getRunners
      const known = new Set(all.map(([{ address }]) => text(address)))
      for (const runner of ended) if (!known.has(runner)) ended.delete(runner)
      const healthy = all.flatMap(([{ address }, isHealthy]) => (isHealthy ? [address] : []))
      yield* Effect.forEach(
        followers(healthy, self),
        (address) =>
          Effect.flatMap(Lost.settled(probe, address), (finding) =>
            finding === "refused" ? mark(address) : Effect.sync(() => void ended.delete(text(address))),
          ),
        { concurrency: watched, discard: true },
      )
    })
    // A database that is away is reported by the runner itself, and some of its failures are defects.
    const safe = Effect.catchCause(look, (cause) => (Cause.hasInterrupts(cause) ? Effect.interrupt : Effect.void))
    return yield* Effect.forever(Effect.andThen(safe, Effect.sleep(every)))
  })
