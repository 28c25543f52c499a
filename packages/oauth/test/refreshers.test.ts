/**
 * Explores refreshers in several processes over one store: each step at which one can be killed, with many
 * interleavings.
 *
 * The store, the lock and the server are models in virtual time. The code that refreshes, locks and decides is the real
 * one.
 */
import { assert, describe, it } from "@effect/vitest"
import { Context, Duration, Effect, Exit, Fiber, Layer, Redacted, Scope, Stream } from "effect"
import { HttpClient, HttpClientError, HttpClientResponse } from "effect/http"
import { TestClock } from "effect/testing"
import { SignInNeeded, Tokens } from "@holdfast/core"
import { OAuthTokens, type TokenSet, TokenStore } from "@holdfast/oauth"
import { HostLock } from "../src/internal/lock/hostLock.ts"
import * as ProcessLock from "../src/ProcessLock.ts"
import { device, tokenAnswer, tokens } from "./support/server.ts"

/** The behavior of the network and the server for one request. */
type Fate = "answered" | "refused" | "unavailable" | "lost before the server" | "lost after the server"

const fates: ReadonlyArray<Fate> = [
  "answered",
  "answered",
  "refused",
  "unavailable",
  "lost before the server",
  "lost after the server",
]

/** Numbers from 0 to 1 (mulberry32). */
const numbers = (seed: number) => {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }
}

interface Process {
  /** The step at which the process is killed. */
  readonly killedAt: number
  steps: number
  dead: boolean
}

/** One machine with one store, and the server. */
const machine = (seed: number, resend: "once" | "never") => {
  const random = numbers(seed)
  let disk: TokenSet | undefined = tokens(1)
  let owner: Process | undefined
  /** The refresh token that the server accepts. */
  let valid = 1
  /** The requests with each refresh token that no response proved to be without effect. */
  const sent = new Map<string, number>()
  const inFlight = new Set<Process>()
  const number = (set: TokenSet | undefined) => Number(/\d+$/.exec(set ? Redacted.value(set.accessToken) : "0")?.[0])
  const pause = Effect.suspend(() => Effect.sleep(random() * 4))

  const step = (process: Process): Effect.Effect<void> =>
    Effect.suspend(() => {
      process.steps++
      if (!process.dead && process.steps === process.killedAt) {
        process.dead = true
        inFlight.delete(process)
        // The kernel closes the files of the process.
        if (owner === process) owner = undefined
      }
      return process.dead ? Effect.never : pause
    })

  const serve = (process: Process, token: string): Effect.Effect<Response, "refused" | "reset"> =>
    Effect.gen(function* () {
      const fate = fates[Math.floor(random() * fates.length)] ?? "answered"
      if (fate === "refused") return yield* Effect.fail("refused" as const)
      assert.strictEqual(inFlight.size, 0, "two refreshes at once")
      inFlight.add(process)
      sent.set(token, (sent.get(token) ?? 0) + 1)
      assert.isAtMost(sent.get(token) ?? 0, resend === "once" ? 2 : 1, `${token} was sent too often`)
      yield* step(process)
      const applies = fate === "answered" || fate === "lost after the server"
      const good = token === `refresh-${valid}`
      if (applies && good) valid++
      yield* step(process)
      inFlight.delete(process)
      if (fate === "unavailable") {
        sent.set(token, (sent.get(token) ?? 0) - 1)
        return new Response("", { status: 503 })
      }
      if (fate !== "answered") return yield* Effect.fail("reset" as const)
      return good ? Response.json(tokenAnswer(valid)) : Response.json({ error: "invalid_grant" }, { status: 400 })
    })

  const client = (process: Process) =>
    HttpClient.make((request) => {
      const body = request.body._tag === "Uint8Array" ? new TextDecoder().decode(request.body.body) : ""
      const failure = (code: string) =>
        new HttpClientError.HttpClientError({
          reason: new HttpClientError.TransportError({ request, cause: Object.assign(new Error(code), { code }) }),
        })
      return step(process).pipe(
        Effect.andThen(serve(process, new URLSearchParams(body).get("refresh_token") ?? "")),
        Effect.mapError((kind) => failure(kind === "refused" ? "ECONNREFUSED" : "ECONNRESET")),
        Effect.map((response) => HttpClientResponse.fromWeb(request, response)),
      )
    })

  const store = (process: Process): TokenStore["Service"] => {
    const lock = ProcessLock.make("/tokens.owner", { atMost: Duration.minutes(5) })
    return {
      load: Effect.andThen(
        step(process),
        Effect.sync(() => disk),
      ),
      save: (set) =>
        Effect.gen(function* () {
          yield* step(process)
          assert.isAtLeast(number(set), number(disk), "an older pair replaced a newer one")
          disk = set
          yield* step(process)
        }),
      clear: Effect.die("not here"),
      changes: Stream.never,
      exclusive: (effect) =>
        lock.exclusive(Effect.exit(effect)).pipe(
          Effect.provideService(HostLock, {
            tryAcquire: () =>
              Effect.map(step(process), () => {
                if (owner !== undefined) return undefined
                owner = process
                return {
                  release: Effect.sync(() => {
                    if (owner === process) owner = undefined
                  }),
                }
              }),
          }),
          Effect.orDie,
          Effect.flatten,
        ),
    }
  }

  const start = (killedAt: number) =>
    Effect.gen(function* () {
      const process: Process = { killedAt, steps: 0, dead: false }
      const layer = OAuthTokens.layerWith({ resend }).pipe(
        Layer.provide([
          device({ layer: Layer.succeed(HttpClient.HttpClient, client(process)) }),
          Layer.succeed(TokenStore, store(process)),
        ]),
      )
      const scope = yield* Scope.make()
      const service = Context.get(yield* Layer.buildWithScope(Layer.fresh(layer), scope), Tokens)
      /** The token is rejected three times and has to be refreshed. */
      const work = Effect.gen(function* () {
        let token = tokens(1).accessToken
        for (let n = 0; n < 3; n++) {
          yield* pause
          token = yield* service.refresh(token)
          const got = Number(/\d+$/.exec(Redacted.value(token))?.[0])
          assert.isAtLeast(number(disk), got, "a pair was used before it was on disk")
        }
      })
      return { process, fiber: yield* Effect.forkDetach(Effect.exit(work)) }
    })

  const signIn = (n: number) =>
    Effect.gen(function* () {
      const person = store({ killedAt: Number.POSITIVE_INFINITY, steps: 0, dead: false })
      yield* Effect.orDie(
        person.exclusive(
          Effect.suspend(() => {
            valid = n
            return person.save(tokens(n))
          }),
        ),
      )
    })

  return { start, signIn, disk: () => number(disk), spent: () => disk?.spent }
}

const explore = (resend: "once" | "never", seeds: number) =>
  Effect.gen(function* () {
    const seen = { killed: 0, refreshed: 0, ended: 0 }
    for (let seed = 1; seed <= seeds; seed++) {
      for (let killedAt = 1; killedAt <= 24; killedAt++) {
        const here = machine(seed * 1000 + killedAt, resend)
        const one = yield* here.start(killedAt)
        const two = yield* here.start(Number.POSITIVE_INFINITY)
        yield* TestClock.adjust("10 minutes")
        // The killed process starts again.
        const three = yield* here.start(Number.POSITIVE_INFINITY)
        yield* TestClock.adjust("10 minutes")
        if (one.process.dead) seen.killed++
        for (const { fiber } of [two, three]) {
          const exit = fiber.pollUnsafe()
          assert.isDefined(exit, "a refresher hangs")
          const outcome = yield* Fiber.join(fiber)
          if (Exit.isSuccess(outcome)) seen.refreshed++
          else {
            const error = outcome.cause.reasons[0]
            assert.isTrue(error?._tag === "Fail" && error.error instanceof SignInNeeded, String(outcome.cause))
            seen.ended++
          }
        }
        if (here.spent() === "yes") {
          yield* Effect.all([here.signIn(100), TestClock.adjust("1 minute")], { concurrency: 2 })
          const four = yield* here.start(Number.POSITIVE_INFINITY)
          yield* TestClock.adjust("10 minutes")
          yield* Fiber.join(four.fiber)
          assert.isAtLeast(here.disk(), 100)
        }
      }
    }
    return seen
  })

describe("refreshers in several processes", () => {
  it.effect(
    "never sends a refresh token more than twice or concurrently, and never saves an older pair, even if a process is killed at any point",
    () =>
      Effect.gen(function* () {
        const seen = yield* explore("once", 6)
        for (const count of Object.values(seen)) assert.isAbove(count, 20, JSON.stringify(seen))
      }),
    60_000,
  )

  it.effect(
    "sends a refresh token only once if the server punishes reuse, even if a process is killed at any point",
    () =>
      Effect.gen(function* () {
        const seen = yield* explore("never", 3)
        for (const count of Object.values(seen)) assert.isAbove(count, 2, JSON.stringify(seen))
      }),
    60_000,
  )
})
