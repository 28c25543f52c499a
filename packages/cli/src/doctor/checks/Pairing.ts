/**
 * Checks whether the API accepts this device's sign-in. The check does not refresh the token.
 */
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as Remedy from "../../network/Remedy.ts"
import * as PairingStatus from "../../status/PairingStatus.ts"
import * as Finding from "../Finding.ts"
import type { Check } from "../Subject.ts"

const found = ({ device, state, trouble }: PairingStatus.PairingStatus): Finding.Finding => {
  const details = { state, device: device ?? null }
  if (trouble !== undefined) {
    return trouble.outcome === "ok"
      ? Finding.warning(trouble.problem, trouble.remedy, details)
      : Finding.problem(trouble.outcome, trouble.problem, trouble.remedy, details)
  }
  return state === "token-ended"
    ? Finding.ok("paired; the next use refreshes the token", details)
    : Finding.ok(device === undefined ? "paired" : `paired as ${device}`, details)
}

/** Returns what is known about the pairing if the API did not answer. Another check reports the API. */
const withoutApi = (status: PairingStatus.PairingStatus, api: string): Finding.Finding => {
  const { state, trouble } = status
  if (trouble?.outcome === "pairing" || trouble?.outcome === "local") return found(status)
  return state === "not-paired"
    ? Finding.problem("pairing", "there is no saved token", `run ${Remedy.pairCommand(api)}`, { state, device: null })
    : Finding.skipped("the API did not answer")
}

export const check: Check = {
  name: "pairing",
  // Two requests, one after the other, each with a timeout of 15 s.
  timeoutMs: 35_000,
  late: Finding.problem("temporary", "the API did not answer in 35 s", "check the network, then run the command again"),
  run: (subject) =>
    Effect.gen(function* () {
      if (Result.isFailure(subject.saved)) return Finding.skipped("there is no directory for saved files")
      const asked = yield* subject.asked
      if (Result.isFailure(asked)) return Finding.skipped("the proxy settings are invalid")
      const { result } = asked.success
      const { tokenFile } = subject.saved.success
      const status = yield* Effect.result(PairingStatus.lookAfter(subject.target, tokenFile, result))
      if (Result.isFailure(status)) return Finding.fromError(status.failure)
      return Result.isFailure(result) ? withoutApi(status.success, subject.target.config.api) : found(status.success)
    }),
}
