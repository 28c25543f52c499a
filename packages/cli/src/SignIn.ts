/**
 * Signing in while files are sent: only what needs a token waits for it.
 */
import { Authorization } from "@holdfast/core/Authorization"
import type { State } from "@holdfast/core/Gate"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import type * as Latch from "effect/Latch"
import * as Stream from "effect/Stream"
import * as Format from "./Format.ts"
import { Output } from "./Output.ts"
import { Person } from "./Person.ts"
import type { Request } from "./Person.ts"
import type { PersonError } from "./PersonError.ts"
import type { Run } from "./Run.ts"

/** How long a sign-in is waited for. */
export interface Terms {
  /** Whether the run waits for a sign-in at all. */
  readonly pair: boolean
  /** How long a call that needs a token waits for one; `undefined`: as long as it takes. */
  readonly pairWait: Duration.Duration | undefined
}

/** What the sign-in needs to know of the run. */
export interface Options extends Terms {
  /** Whether the API is the sandbox inside this process, which approves its own codes. */
  readonly embedded: boolean
  /** Open while the run cannot go on without a token: chunks go to presigned URLs and need none. */
  readonly needed: Latch.Latch
}

/** Why the gate needs a person, with what they have to do where a new sign-in is not the cure, or not all of it. */
const whyOf = ({ action, reason }: Extract<State, { readonly _tag: "NeedsHuman" }>): string =>
  /^sign in(?: again)?$/.test(action) ? reason : `${reason}; ${action}`

/** What is asked of the person, as lines, events and the status of the progress. */
const requests = (
  run: Run,
  output: Output["Service"],
  { embedded, pair, pairWait }: Options,
  command: string,
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
      yield* output.message(`To go on, open ${verificationUri} and enter the code ${userCode}`)
      if (renewable === true) yield* output.message("(press Enter for a new code, Ctrl-C to stop)")
    }),
  say: (text) => output.message(`holdfast: ${text}`),
  elsewhere: (reason) =>
    Effect.gen(function* () {
      const wait = pairWait === undefined ? undefined : Duration.toMillis(pairWait)
      yield* run.emit({ type: "pairing-needed", reason, command, waitMs: wait ?? null })
      run.gates({ pairing: `${reason}; waiting for ${command}` })
      if (!pair) return
      const limit = wait === undefined ? "" : ` for up to ${Format.span(wait)}`
      yield* output.message(`holdfast: ${reason}; run ${command} on this machine: this run waits for it${limit}`)
    }),
})

/**
 * Lets the person sign in whenever the gate asks for one. Never ends well; fails when a call needs a token and none will
 * come.
 *
 * **Details**
 *
 * A pairing of another process opens the gate too, and ends what was asked for here. The wait counts from when the run
 * cannot go on without a token, so a file whose chunks are on their way goes on to its end.
 */
export const attend = (
  run: Run,
  options: Options,
): Effect.Effect<never, PersonError, Authorization | Person | Output> =>
  Effect.gen(function* () {
    const { gate } = yield* Authorization
    const person = yield* Person
    const output = yield* Output
    const request = requests(run, output, options, person.command)
    let asked = false

    const needed = options.needed.await
    const outOfPatience = (reason: string) =>
      options.pairWait === undefined
        ? Effect.never
        : needed.pipe(
            Effect.andThen(Effect.sleep(options.pairWait)),
            Effect.andThen(
              Effect.fail(
                Person.missing(
                  `${reason} (waited ${Format.span(Duration.toMillis(options.pairWait))})`,
                  person.command,
                ),
              ),
            ),
          )

    const ask = (reason: string) => {
      asked = true
      if (options.embedded) run.gates({ pairing: "pairing with the sandbox" })
      const signIn = options.pair
        ? Effect.raceFirst(person.signIn(reason, request), outOfPatience(reason))
        : Effect.andThen(request.elsewhere(reason), Effect.fail(Person.missing(reason, person.command)))
      // What has failed for good still lets the chunks on their way arrive.
      return signIn.pipe(Effect.catch((error) => Effect.andThen(needed, Effect.fail(error))))
    }

    const answer = (state: State): Effect.Effect<void, PersonError> => {
      if (state._tag === "NeedsHuman") return ask(whyOf(state))
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
