/**
 * Checks the age of the saved sign-in.
 */
import { TokenStore } from "@holdfast/oauth/TokenStore"
import { knownExpiry } from "@holdfast/oauth/TokenSet"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Option from "effect/Option"
import * as Result from "effect/Result"
import * as Client from "../../network/Client.ts"
import * as Remedy from "../../network/Remedy.ts"
import * as Format from "../../terminal/Format.ts"
import * as Finding from "../Finding.ts"
import type { Check } from "../Subject.ts"
import * as Subject from "../Subject.ts"

const day = 86_400_000

/** The time after which Frame.io rejects a refresh token, according to Frame.io's authentication guide: 14 days. */
const lifetime = 14 * day

/** The remaining time from which the check reports a warning: 3 days, a long weekend. */
const soon = 3 * day

const aged = (age: number, api: string, accessEndsInMs: number | null): Finding.Finding => {
  const pair = Remedy.pairCommand(api)
  const details = { ageMs: age, endsInMs: lifetime - age, accessEndsInMs }
  if (age < -day) {
    return Finding.warning("the saved sign-in is dated in the future", "set the clock of this machine", details)
  }
  const since = `refreshed ${Format.longSpan(Math.max(0, age))} ago`
  if (age >= lifetime) {
    return Finding.problem("pairing", `${since}; a sign-in ends 14 days after its last refresh`, `run ${pair}`, details)
  }
  const left = `${since}; without a refresh, the sign-in ends in ${Format.longSpan(lifetime - age)}`
  return lifetime - age <= soon
    ? Finding.warning(left, `upload a file before that, or run ${pair}`, details)
    : Finding.ok(left, details)
}

export const check: Check = {
  name: "token",
  timeoutMs: Subject.localMs,
  late: Finding.problem("local", "the token file could not be read in 5 s", "check the disk of the token file"),
  run: ({ saved, target }) =>
    Effect.gen(function* () {
      if (Result.isFailure(saved)) return Finding.skipped("there is no directory for saved files")
      const { api } = target.config
      const { tokenFile } = saved.success
      const loaded = yield* TokenStore.use((store) =>
        Effect.mapError(store.load, (error) => Remedy.tokenStore(error, api)),
      ).pipe(Effect.provide(Client.tokenStore(tokenFile, api)), Effect.result)
      if (Result.isFailure(loaded)) return Finding.fromError(loaded.failure)
      const set = loaded.success
      if (set === undefined) return Finding.skipped("there is no saved sign-in")
      if (set.refreshToken === undefined || set.spent === "yes") {
        const text = "the sign-in cannot be refreshed when its access token expires"
        return Finding.warning(text, `run ${Remedy.pairCommand(api)} before that`)
      }
      if (set.spent === "maybe") {
        const text = "the answer to the last refresh was lost, so only one more refresh is possible"
        return Finding.warning(text, `if that refresh fails, run ${Remedy.pairCommand(api)}`, { spent: set.spent })
      }
      const info = yield* Effect.option((yield* FileSystem.FileSystem).stat(tokenFile))
      const written = Option.flatMap(info, ({ mtime }) => mtime)
      if (Option.isNone(written)) return Finding.skipped("the file system does not state the age of the token file")
      const now = yield* Clock.currentTimeMillis
      const expiry = knownExpiry(set)
      return aged(now - written.value.getTime(), api, expiry === undefined ? null : expiry - now)
    }),
}
