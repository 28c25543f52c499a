/**
 * The person who signs in: in front of a terminal, nobody at all, or the command itself in its sandbox.
 */
import type { DeviceAuthorization } from "@holdfast/oauth/DeviceAuthorization"
import * as Pairing from "@holdfast/oauth/Pairing"
import type { TokenStore } from "@holdfast/oauth/TokenStore"
import { Sandbox } from "@holdfast/sandbox/Sandbox"
import * as Retry from "@holdfast/core/Retry"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Remedy from "./Remedy.ts"
import type { PersonError } from "./PersonError.ts"
import { PairingNeeded } from "./PersonError.ts"

/** A code to enter at an address. */
export interface Code {
  readonly userCode: string
  readonly verificationUri: string
}

/** Signs in when the authorization gate asks for it. */
export class Person extends Context.Service<
  Person,
  {
    /** Ends when a new token is on file. `announce` tells of the code, `reason` is the gate's. */
    readonly signIn: (reason: string, announce: (code: Code) => Effect.Effect<void>) => Effect.Effect<void, PersonError>
  }
>()("holdfast/Person") {
  /** Nobody is there: the run ends and says which command pairs the device. */
  static readonly layerAbsent = (command: string): Layer.Layer<Person> =>
    Layer.succeed(Person, {
      signIn: (reason) =>
        Effect.fail(new PairingNeeded({ problem: reason, remedy: `run ${command}, then this again` })),
    })

  /** Somebody reads the code on the terminal and enters it in a browser. */
  static readonly layerPresent: Layer.Layer<Person, never, DeviceAuthorization | TokenStore> = Layer.effect(
    Person,
    Effect.gen(function* () {
      const context = yield* Effect.context<DeviceAuthorization | TokenStore>()
      return {
        signIn: (_reason, announce) =>
          Pairing.run(announce).pipe(Effect.mapError(Remedy.pairingFailure), Effect.provideContext(context)),
      }
    }),
  )

  /**
   * The command approves its own code on the sandbox's approval page, after the real device flow.
   *
   * **Details**
   *
   * The sandbox's faults hit the pairing too: where the verdict of the failure allows it, a new code is asked for.
   */
  static readonly layerSandbox: Layer.Layer<Person, never, DeviceAuthorization | TokenStore | Sandbox> = Layer.effect(
    Person,
    Effect.gen(function* () {
      const context = yield* Effect.context<DeviceAuthorization | TokenStore>()
      const sandbox = yield* Sandbox
      return {
        signIn: (_reason, announce) =>
          Pairing.run((code) => Effect.andThen(announce(code), sandbox.approve(code.userCode))).pipe(
            Effect.retry(Retry.policy({ attempts: 3 })),
            Effect.mapError(Remedy.pairingFailure),
            Effect.provideContext(context),
          ),
      }
    }),
  )
}
