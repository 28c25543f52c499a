/**
 * Disturbs a cluster on a timetable until it is stopped.
 *
 * A runner is killed and replaced at every interval. Between two kills, one runner is frozen, later the database is killed and
 * started again, and then Redis is killed. Each of them happens once, and half an interval after a kill, so that the take-over
 * after the kill is measured by itself.
 */
import { setTimeout as sleep } from "node:timers/promises"
import * as Random from "../shared/random.ts"
import type { Disturbance } from "./History.ts"
import type { Runner } from "./runners.ts"

export interface Cluster {
  /** The runners by their places. */
  readonly runners: Array<Runner>
  readonly replace: (place: number) => Runner
  readonly database: { readonly crash: () => Promise<void>; readonly restart: () => Promise<void> }
  readonly redis: { readonly kill: () => Promise<void> }
}

export interface Timetable {
  /** The interval of the kills, in milliseconds. */
  readonly interval: number
  /** How long the runner is frozen, and how long the database is down, in milliseconds. */
  readonly frozen: number
  readonly databaseDown: number
  readonly seed: number
}

export interface Chaos {
  readonly disturbances: ReadonlyArray<Disturbance>
  /** Waits until nothing is frozen or down. Rejects if the harness itself failed. */
  readonly stop: () => Promise<void>
}

export const start = (cluster: Cluster, timetable: Timetable, say: (text: string) => void): Chaos => {
  const random = Random.make(timetable.seed)
  const stopped = new AbortController()
  const disturbances: Array<Disturbance> = []
  const { interval } = timetable
  let frozen: number | undefined

  const kill = (): void => {
    const places = [0, 1, 2].filter((place) => place !== frozen)
    const place = random.pick(places)
    const runner = cluster.runners[place]
    if (runner === undefined) return
    const at = Date.now()
    runner.child.kill("SIGKILL")
    cluster.runners[place] = cluster.replace(place)
    disturbances.push({ kind: "kill", runner: runner.name, at, until: Number.POSITIVE_INFINITY })
    say(`killed runner ${runner.name}, runner ${cluster.runners[place].name} takes its place`)
  }
  const freeze = async (): Promise<void> => {
    const place = random.below(3)
    const runner = cluster.runners[place]
    if (runner === undefined) return
    frozen = place
    const at = Date.now()
    runner.child.kill("SIGSTOP")
    say(`froze runner ${runner.name}`)
    disturbances.push({ kind: "freeze", runner: runner.name, at, until: at + timetable.frozen })
    await sleep(timetable.frozen)
    runner.child.kill("SIGCONT")
    frozen = undefined
    say(`runner ${runner.name} goes on`)
  }
  const crash = async (): Promise<void> => {
    const at = Date.now()
    await cluster.database.crash()
    say("killed the database")
    const index = disturbances.push({ kind: "database", runner: undefined, at, until: Number.POSITIVE_INFINITY }) - 1
    await sleep(timetable.databaseDown)
    await cluster.database.restart()
    disturbances[index] = { kind: "database", runner: undefined, at, until: Date.now() }
    say("the database is back")
  }
  const endRedis = async (): Promise<void> => {
    const at = Date.now()
    await cluster.redis.kill()
    disturbances.push({ kind: "redis", runner: undefined, at, until: Number.POSITIVE_INFINITY })
    say("killed Redis for good")
  }

  const begun: Array<Promise<unknown>> = []
  /** Does something at a time, unless the chaos was stopped before. */
  const at = async (millis: number, disturb: () => unknown): Promise<void> => {
    await sleep(millis, undefined, { signal: stopped.signal })
    const running = Promise.resolve(disturb())
    begun.push(running)
    await running
  }
  const kills = async (): Promise<void> => {
    for (;;) await at(interval, kill)
  }
  const plans = [
    kills(),
    at(interval * 1.5, freeze),
    at(interval * 2.5 + timetable.frozen, crash),
    at(interval * 3.5 + timetable.frozen, endRedis),
  ]
  const isStop = (error: unknown): boolean => error instanceof Error && error.name === "AbortError"
  const settled = plans.map((plan) => plan.catch((error: unknown) => (isStop(error) ? undefined : error)))
  return {
    disturbances,
    stop: async () => {
      stopped.abort()
      await Promise.all(begun)
      const failed = (await Promise.all(settled)).find((error) => error !== undefined)
      if (failed !== undefined) throw failed
    },
  }
}
