/**
 * The authorization gate, which is closed while the token is being refreshed and while the user has to sign in.
 */
import * as Context from "effect/Context"
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as FiberHandle from "effect/FiberHandle"
import * as Layer from "effect/Layer"
import type * as Redacted from "effect/Redacted"
import * as Verdict from "../errors/Verdict.ts"
import * as Secret from "../secrets/Secret.ts"
import * as Gate from "./Gate.ts"

/** The device is not signed in, or its sign-in has expired: the user has to sign in. */
export class SignInNeeded extends Data.TaggedError("SignInNeeded")<{
  readonly reason: string
  /** An instruction that tells the user what to do. */
  readonly action: string
  /** Stores a token that is newer than the rejected token, and then returns the new token. Default: `sign-in`. */
  readonly need?: Gate.Need
}> {
  readonly verdict: Verdict.Verdict = Verdict.never({ change: "human", closes: "authorization" })
  override get message(): string {
    return `${this.reason}: ${this.action}`
  }
}

/** The source of access tokens. */
export class Tokens extends Context.Service<
  Tokens,
  {
    /** The stored token. */
    readonly current: Effect.Effect<Redacted.Redacted<string>, SignInNeeded>
    /**
     * The kind of action that the user has to take. Calls to `refresh` never run concurrently. The implementation retries
     * everything that is safe to retry, and must not wait for the authorization gate, which is closed during the refresh.
     */
    readonly refresh: (rejected: Redacted.Redacted<string>) => Effect.Effect<Redacted.Redacted<string>, SignInNeeded>
    /** Waits until the user signs in again and returns the new token. */
    readonly signedIn: Effect.Effect<Redacted.Redacted<string>>
    /**
     * Returns the token for the next call; implemented by sources that renew tokens before they expire. The result is the
     * current token, a newer token, or `undefined` if the token has expired. An expired token is treated as a rejected token.
     * This effect runs for every call, so it must finish immediately. If `latest` is absent, a token is used until the server
     * rejects it.
     */
    readonly latest?: Effect.Effect<Redacted.Redacted<string> | undefined>
  }
>()("@holdfast/core/Tokens") {}

/**
 * Holds calls that need a token until a valid token is available.
 *
 * **Details**
 *
 * The gate is initially closed while the stored token is read. A rejected token is refreshed only if it is still the current
 * token, so ten calls that are rejected at the same time cause only one refresh. If the refresh fails, the gate enters the
 * `NeedsHuman` state. Calls continue to wait, and they resume after the user has signed in. The fiber that refreshes the
 * token belongs to the layer's scope and outlives the call that reported the rejection.
 */
export class Authorization extends Context.Service<
  Authorization,
  {
    readonly gate: Gate.Gate<"authorization">
    /** Returns the current token. If the gate is closed, waits until it opens. */
    readonly token: Effect.Effect<Redacted.Redacted<string>>
    /** Reports that the server rejected this token. Returns immediately. */
    readonly reject: (used: Redacted.Redacted<string>) => Effect.Effect<void>
  }
>()("@holdfast/core/Authorization") {
  static readonly layer: Layer.Layer<Authorization, never, Tokens> = Layer.effect(
    Authorization,
    Effect.gen(function* () {
      const tokens = yield* Tokens
      const gate = yield* Gate.make("authorization", {
        initial: { _tag: "Closed", reason: "reading the token", since: 0 },
      })
      const worker = yield* FiberHandle.make<void>()
      let current: Redacted.Redacted<string> | undefined

      const use = (token: Redacted.Redacted<string>) => {
        current = token
        return gate.open
      }

      /** Waits until a token is available, even if the user has to sign in first. */
      const obtain = (source: Effect.Effect<Redacted.Redacted<string>, SignInNeeded>): Effect.Effect<void> =>
        Effect.flatMap(Effect.exit(source), (exit) => {
          if (Exit.isSuccess(exit)) return use(exit.value)
          const failure = Exit.findErrorOption(exit)
          // A bug in the token service must not leave every caller waiting without an error.
          const { reason, action, need } =
            failure._tag === "Some"
              ? failure.value
              : { reason: "the token service failed", action: "sign in again", need: undefined }
          return Effect.andThen(gate.needsHuman(reason, action, need), Effect.flatMap(tokens.signedIn, use))
        })

      // Uninterruptible: if the gate closed without its worker, it would stay closed forever.
      const reject = (used: Redacted.Redacted<string>): Effect.Effect<void> =>
        Effect.suspend(() =>
          gate.isOpen() && current !== undefined && Secret.value(used) === Secret.value(current)
            ? gate.close("signing in again").pipe(Effect.andThen(FiberHandle.run(worker, obtain(tokens.refresh(used)))))
            : Effect.void,
        ).pipe(Effect.uninterruptible)

      const token: Effect.Effect<Redacted.Redacted<string>> = Effect.suspend(() => {
        if (!gate.isOpen() || current === undefined) return Effect.andThen(gate.awaitOpen, token)
        return tokens.latest === undefined ? Effect.succeed(current) : renewed(tokens.latest, current)
      })

      const renewed = (latest: NonNullable<Tokens["Service"]["latest"]>, used: Redacted.Redacted<string>) =>
        Effect.flatMap(latest, (next) => {
          if (next === undefined) return Effect.andThen(reject(used), token)
          current = next
          return Effect.succeed(next)
        })

      yield* FiberHandle.run(worker, obtain(tokens.current))
      return { gate, token, reject }
    }),
  )
}
