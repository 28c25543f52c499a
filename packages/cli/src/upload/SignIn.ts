/**
 * Lets the user sign in during an upload. Only calls that need a token wait for the sign-in.
 */
import { Authorization } from "@holdfast/core/Authorization"
import type { State } from "@holdfast/core/Gate"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import type * as Latch from "effect/Latch"
import * as Stream from "effect/Stream"
import type { PersonError } from "../process/PersonError.ts"
import { LocalProblem, Refused } from "../process/PersonError.ts"
import type { Request } from "../signIn/Person.ts"
import { Person } from "../signIn/Person.ts"
import * as Format from "../terminal/Format.ts"
import { Output } from "../terminal/Output.ts"
import type { UploadState } from "./State.ts"

/** Defines whether a run waits for a sign-in, and for how long. */
export interface Terms {
  /** Whether the run waits for a sign-in. */
  readonly pair: boolean
  /** The time limit for a call that waits for a sign-in; `undefined` means no limit. */
  readonly pairWait: Duration.Duration | undefined
}

/** The options of a run that affect the sign-in. */
export interface Options extends Terms {
  /** Whether the API is the sandbox that runs in this process. This sandbox approves its own codes. */
  readonly embedded: boolean
  /**
   * A latch that is open while the run cannot continue without a token. Chunks do not need a token, because they use
   * presigned URLs.
   */
  readonly needed: Latch.Latch
}

type NeedsHuman = Extract<State, { readonly _tag: "NeedsHuman" }>

/**
 * Returns the reason why the gate requires user action. Appends the required action, unless signing in is the only required
 * action.
 */
const whyOf = ({ action, reason }: NeedsHuman): string =>
  /^sign in(?: again)?$/.test(action) ? reason : `${reason}; ${action}`

/**
 * Returns whether a new sign-in solves the problem. If the disk is full, a new sign-in does not help: the saved token pair is
 * still valid, and only disk space is missing.
 */
const isSignIn = ({ need = "sign-in" }: NeedsHuman): boolean => need === "sign-in"

/** Builds the error for a run that reached its time limit while waiting for a sign-in, or that did not wait for one. */
const missing = (state: NeedsHuman, waited: string, command: string): PersonError => {
  if (isSignIn(state)) return Person.missing(`${whyOf(state)}${waited}`, command)
  const remedy = /then run .* again$/.test(state.action) ? state.action : `${state.action}, then run the command again`
  const fields = { problem: `${state.reason}${waited}`, remedy }
  return state.need === "settings" ? new Refused(fields) : new LocalProblem(fields)
}

/** Builds a sign-in request that reaches the user through messages, events and the progress status. */
const requests = (
  run: UploadState,
  output: Output["Service"],
  { embedded, pair, pairWait }: Options,
  command: string,
  state: NeedsHuman,
): Request => ({
  code: ({ renewable, userCode, verificationUri }) =>
    Effect.gen(function* () {
      yield* run.emit({ type: "pairing", userCode, verificationUri })
      run.gates({
        pairing: embedded
          ? `pairing: the sandbox approves the code ${userCode}`
          : `waiting for you: open ${verificationUri} and enter ${userCode}`,
      })
      if (embedded) return
      yield* output.message(`To continue, open ${verificationUri} and enter the code ${userCode}`)
      if (renewable === true) yield* output.message("(press Enter for a new code, Ctrl-C to stop)")
    }),
  say: (text) => output.message(`holdfast: ${text}`),
  elsewhere: (reason) =>
    Effect.gen(function* () {
      const wait = pairWait === undefined ? undefined : Duration.toMillis(pairWait)
      if (isSignIn(state)) yield* run.emit({ type: "pairing-needed", reason, command, waitMs: wait ?? null })
      run.gates({ pairing: isSignIn(state) ? `${reason}; waiting for ${command}` : reason })
      if (!pair) return
      const limit = wait === undefined ? "" : ` for up to ${Format.span(wait)}`
      const cure = isSignIn(state) ? `; run ${command} on this machine` : ""
      yield* output.message(`holdfast: ${reason}${cure}; this run waits${limit}`)
    }),
})

/**
 * Lets the user sign in whenever the authorization gate requires a sign-in. Never succeeds. The effect fails when a call
 * needs a token and the wait for a sign-in has ended.
 *
 * **Details**
 *
 * If another process pairs the device, the gate opens and the sign-in request ends. The time limit for the wait starts when
 * the run cannot continue without a token. A file whose chunks are already being sent is therefore finished first.
 */
export const attend = (
  run: UploadState,
  options: Options,
): Effect.Effect<never, PersonError, Authorization | Person | Output> =>
  Effect.gen(function* () {
    const { gate } = yield* Authorization
    const person = yield* Person
    const output = yield* Output
    let asked = false

    const needed = options.needed.await
    const outOfPatience = (state: NeedsHuman) =>
      options.pairWait === undefined
        ? Effect.never
        : needed.pipe(
            Effect.andThen(Effect.sleep(options.pairWait)),
            Effect.andThen(
              Effect.fail(
                missing(state, ` (waited ${Format.span(Duration.toMillis(options.pairWait))})`, person.command),
              ),
            ),
          )

    const ask = (state: NeedsHuman) => {
      asked = true
      const reason = whyOf(state)
      const request = requests(run, output, options, person.command, state)
      if (options.embedded) run.gates({ pairing: "pairing with the sandbox" })
      // Settings do not change while the program runs, so waiting would not help.
      const signIn =
        options.pair && state.need !== "settings"
          ? Effect.raceFirst(
              isSignIn(state)
                ? person.signIn(reason, request)
                : // The gate opens by itself once the disk or the settings are correct.
                  Effect.andThen(request.elsewhere(reason), Effect.never),
              outOfPatience(state),
            )
          : Effect.andThen(
              state.need === "settings" ? Effect.void : request.elsewhere(reason),
              Effect.fail(missing(state, "", person.command)),
            )
      // After a final failure, the chunks in flight still finish.
      return signIn.pipe(Effect.catch((error) => Effect.andThen(needed, Effect.fail(error))))
    }

    const answer = (state: State): Effect.Effect<void, PersonError> => {
      if (state._tag === "NeedsHuman") return ask(state)
      if (state._tag === "Closed" || !asked) return Effect.void
      asked = false
      run.gates({ pairing: undefined })
      return run.emit({ type: "paired" })
    }

    yield* gate.changes.pipe(
      Stream.switchMap((state) => Stream.fromEffect(answer(state))),
      Stream.runDrain,
    )
    return yield* Effect.never
  })
