/**
 * Defines how a sign-in takes place: by the user at this terminal, through another process, or automatically for the sandbox
 * in this process.
 */
import * as Retry from "@holdfast/core/Retry"
import type { DeviceAuthorization } from "@holdfast/oauth/DeviceAuthorization"
import * as Pairing from "@holdfast/oauth/Pairing"
import type { TokenStore } from "@holdfast/oauth/TokenStore"
import type { Sandbox } from "@holdfast/sandbox/Sandbox"
import * as Context from "effect/Context"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import type * as Scope from "effect/Scope"
import * as Remedy from "../network/Remedy.ts"
import type { PersonError } from "../process/PersonError.ts"
import { PairingNeeded } from "../process/PersonError.ts"
import { Keys } from "./Keys.ts"

/**
 * The delay before the next pairing attempt after a temporary failure. This delay is in addition to the retries of the
 * individual pairing requests.
 */
const pause = "10 seconds"

/** A code and the address at which the user enters the code. */
export interface Code {
  readonly userCode: string
  readonly verificationUri: string
  /** Whether pressing Enter requests a new code. */
  readonly renewable?: boolean
}

/** The output that asks the user to sign in. */
export interface Request {
  /** Shows the code that the user must enter. */
  readonly code: (code: Code) => Effect.Effect<void>
  /** Reports what happened to a code, for example that the code has expired. */
  readonly say: (text: string) => Effect.Effect<void>
  /** Reports that another process has to pair the device. */
  readonly elsewhere: (reason: string) => Effect.Effect<void>
}

/** A service that signs in when the authorization gate requires a sign-in. */
export class Person extends Context.Service<
  Person,
  {
    /** The command that pairs this device. */
    readonly command: string
    /** Completes when a new token has been saved. Never completes if another process has to save the token. */
    readonly signIn: (reason: string, request: Request) => Effect.Effect<void, PersonError>
  }
>()("holdfast/Person") {
  /**
   * A layer for a run without a user at the terminal. It requests no code. The run reports the command that pairs the device,
   * and resumes after another process has paired the device.
   */
  static readonly layerAbsent = (command: string): Layer.Layer<Person> =>
    Layer.succeed(Person, {
      command,
      signIn: (reason, { elsewhere }) => Effect.andThen(elsewhere(reason), Effect.never),
    })

  /**
   * A layer for a user who reads the code on the terminal and enters it in a browser.
   *
   * **Details**
   *
   * A new code is requested when the previous code expires or the user presses Enter. This continues until the user has
   * signed in or ends the command. Pressing Enter does not revoke the previous code, because the user may have just approved
   * that code.
   */
  static readonly layerPresent = (
    command: string,
  ): Layer.Layer<Person, never, DeviceAuthorization | TokenStore | Keys> =>
    Layer.effect(
      Person,
      Effect.gen(function* () {
        const context = yield* Effect.context<DeviceAuthorization | TokenStore>()
        const keys = yield* Keys
        const signIn = (request: Request): Effect.Effect<void, PersonError, Scope.Scope> =>
          Effect.gen(function* () {
            const paired = yield* Deferred.make<void>()
            let replaced: Fiber.Fiber<unknown, unknown> | undefined
            const say = (text: string) => Effect.as(request.say(text), "again" as const)
            const attempt = Effect.gen(function* () {
              let shown = false
              const show = ({ userCode, verificationUri }: Code) =>
                Effect.andThen(
                  request.code({ userCode, verificationUri, renewable: keys.available }),
                  Effect.sync(() => {
                    shown = true
                  }),
                )
              const pairing = yield* Pairing.run(show).pipe(
                Effect.andThen(Deferred.succeed(paired, undefined)),
                Effect.provideContext(context),
                Effect.forkScoped,
              )
              // Enter has no effect before a code is shown, because a code is already being requested.
              const asked = Effect.gen(function* () {
                yield* Effect.repeat(keys.enter, { until: () => shown })
                if (replaced !== undefined) yield* Fiber.interrupt(replaced)
                replaced = pairing
                return "again" as const
              })
              return yield* Effect.raceFirst(Effect.as(Fiber.join(pairing), "paired" as const), asked)
            }).pipe(
              Effect.catchTag("ExpiredToken", () => say("the code has expired; here is a new one")),
              Effect.catchTag(["AccessDenied", "InvalidGrant"], (error) => {
                const what = error._tag === "AccessDenied" ? "was declined" : "is no longer accepted"
                return keys.available
                  ? Effect.tap(say(`the code ${what}; press Enter for a new one, or Ctrl-C to stop`), () => keys.enter)
                  : Effect.fail(error)
              }),
              Effect.mapError(Remedy.pairingFailure),
              Effect.catch((error) =>
                error.outcome === "temporary"
                  ? Effect.tap(say(`${error.problem}; trying again`), () => Effect.sleep(pause))
                  : Effect.fail(error),
              ),
            )
            const attempts = Effect.asVoid(Effect.repeat(attempt, { until: (how) => how === "paired" }))
            yield* Effect.raceFirst(Deferred.await(paired), attempts)
          })
        return { command, signIn: (_reason, request) => Effect.scoped(signIn(request)) }
      }),
    )

  /**
   * A layer in which the command follows the real device flow and approves its own code on the sandbox's approval page.
   *
   * **Details**
   *
   * The faults that the sandbox injects also affect the pairing. If a pairing fails and the verdict of the failure permits a
   * retry, the command requests a new code.
   */
  static readonly layerApproving = (
    approve: Sandbox["Service"]["approve"],
  ): Layer.Layer<Person, never, DeviceAuthorization | TokenStore> =>
    Layer.effect(
      Person,
      Effect.gen(function* () {
        const context = yield* Effect.context<DeviceAuthorization | TokenStore>()
        return {
          command: "holdfast pair",
          signIn: (_reason, request) =>
            Pairing.run((code) => Effect.andThen(request.code(code), approve(code.userCode))).pipe(
              Effect.retry(Retry.policy({ attempts: 3 })),
              Effect.mapError(Remedy.pairingFailure),
              Effect.provideContext(context),
            ),
        }
      }),
    )

  /** Creates the error for a run that stops waiting for a sign-in. */
  static readonly missing = (reason: string, command: string): PairingNeeded =>
    new PairingNeeded({ problem: reason, remedy: `run ${command}, then run this command again` })
}
