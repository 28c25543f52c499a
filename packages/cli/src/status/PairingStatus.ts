/**
 * Determines whether this device is paired with an API, without changing anything.
 */
import type { C2cError } from "@holdfast/c2c/C2cError"
import * as DeviceCheck from "@holdfast/c2c/DeviceCheck"
import type { TransportError } from "@holdfast/http/TransportError"
import type { TokenSet } from "@holdfast/oauth/TokenSet"
import { TokenStore } from "@holdfast/oauth/TokenStore"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Result from "effect/Result"
import * as Client from "../network/Client.ts"
import * as Reach from "../network/Reach.ts"
import * as Remedy from "../network/Remedy.ts"
import type * as Target from "../network/Target.ts"
import * as TokenText from "../network/TokenText.ts"
import type { Outcome } from "../process/ExitCode.ts"
import type { PersonError, UsageError } from "../process/PersonError.ts"

/** A problem, its remedy, and the resulting outcome of the command. */
export interface Trouble {
  readonly problem: string
  readonly remedy: string
  readonly outcome: Outcome
}

/**
 * The state of the pairing between this device and an API.
 *
 * **Details**
 *
 * - `paired`: the API accepts the access token
 * - `token-ended`: the access token has expired; the next command that needs a token refreshes it
 * - `not-paired`: no sign-in is saved, or the saved sign-in cannot be refreshed
 * - `unknown`: the command cannot determine the state; `trouble` contains the reason
 */
export interface PairingStatus {
  readonly state: "paired" | "token-ended" | "not-paired" | "unknown"
  /** Whether the health check of the API succeeded. */
  readonly reachable: boolean
  readonly device?: string | undefined
  readonly project?: string | undefined
  /** The status of the device as the API states it: `online`, `offline` or `paused`. */
  readonly status?: string | undefined
  readonly trouble?: Trouble | undefined
}

/** Checks the pairing without refreshing the token. The check sends at most two requests, each with a time limit of 15 s. */
export const look = (target: Target.Target, file: string): Effect.Effect<PairingStatus, UsageError> =>
  Effect.flatMap(Effect.result(DeviceCheck.health), (health) => lookAfter(target, file, health)).pipe(
    Effect.provide(Layer.fresh(Client.asking(target))),
  )

/** Checks the pairing with at most one request, after a health check with the given result. */
export const lookAfter = (
  target: Target.Target,
  file: string,
  health: Result.Result<void, C2cError | TransportError>,
): Effect.Effect<PairingStatus, UsageError> => {
  const { api } = target.config
  const pair = `run ${Remedy.pairCommand(api)}`
  const notPaired = (problem: string): Pick<PairingStatus, "state" | "trouble"> => ({
    state: "not-paired",
    trouble: { problem, remedy: pair, outcome: "pairing" },
  })

  const byToken = (set: TokenSet) =>
    Effect.map(Effect.result(DeviceCheck.device(set.accessToken)), (answer): Omit<PairingStatus, "reachable"> => {
      if (Result.isSuccess(answer)) {
        const { id, name, project, status } = answer.success
        const clean = (text: string | null | undefined) =>
          typeof text === "string" ? TokenText.without(set, text) : undefined
        const known = { device: clean(name ?? id), project: clean(project?.name), status: clean(status) }
        const problem = "the sign-in cannot be refreshed when its access token expires"
        return refreshable(set)
          ? { state: "paired", ...known }
          : { state: "paired", ...known, trouble: { problem, remedy: `${pair} before that`, outcome: "ok" } }
      }
      const error = answer.failure
      if (error.verdict.closes !== "authorization" && error.verdict.change !== "token")
        return { state: "unknown", trouble: troubleOf(error, api) }
      return refreshable(set)
        ? { state: "token-ended" }
        : notPaired("the API rejects the saved access token, and the token cannot be refreshed")
    })

  return Effect.gen(function* () {
    const onFile = yield* TokenStore.use((store) =>
      Effect.mapError(store.load, (error) => Remedy.tokenStore(error, api)),
    ).pipe(Effect.provide(Client.tokenStore(file, api)), Effect.result)
    const reachable = Result.isSuccess(health)
    if (Result.isFailure(onFile)) {
      const { outcome, problem } = onFile.failure
      return outcome === "pairing"
        ? { reachable, ...notPaired(problem) }
        : { reachable, state: "unknown" as const, trouble: fromPerson(onFile.failure) }
    }
    const set = onFile.success
    if (Result.isFailure(health)) {
      // An unreachable API is reported first, because the device cannot be paired without it.
      const state = set === undefined ? ("not-paired" as const) : ("unknown" as const)
      const trouble = troubleOf(health.failure, api)
      const problem = Remedy.awayText(health.failure, "the API", trouble.problem)
      const remedy = Reach.refused(health.failure) === undefined ? trouble.remedy : Remedy.retryLater(health.failure)
      return { reachable, state, trouble: { ...trouble, problem, remedy } }
    }
    if (set === undefined) return { reachable, ...notPaired("there is no saved token") }
    return { reachable, ...(yield* byToken(set)) }
  }).pipe(Effect.provide(Layer.fresh(Client.asking(target))))
}

const refreshable = ({ refreshToken, spent }: TokenSet): boolean => refreshToken !== undefined && spent !== "yes"

const troubleOf = (error: C2cError | TransportError, api: string): Trouble => ({
  ...Remedy.upload(error, api),
  outcome: Remedy.outcomeOf(error),
})

const fromPerson = ({ outcome, problem, remedy }: PersonError): Trouble => ({ outcome, problem, remedy })
