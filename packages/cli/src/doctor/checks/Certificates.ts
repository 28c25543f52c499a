/**
 * Checks the additional certificate authorities. Node ignores a file that it cannot read and only prints a warning.
 */
import * as Clock from "effect/Clock"
import * as Config from "effect/Config"
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Option from "effect/Option"
import * as Result from "effect/Result"
import { X509Certificate } from "node:crypto"
import * as Format from "../../terminal/Format.ts"
import * as Finding from "../Finding.ts"
import { Machine } from "../Machine.ts"
import type { Check } from "../Subject.ts"
import * as Subject from "../Subject.ts"

const block = /-----BEGIN (?:TRUSTED |X509 )?CERTIFICATE-----[^-]+-----END (?:TRUSTED |X509 )?CERTIFICATE-----/g

/** Returns the expiration times of the certificates in a PEM file, or `undefined` if a certificate is damaged. */
const ends = (pem: string): ReadonlyArray<number> | undefined => {
  try {
    return (pem.match(block) ?? []).map((one) => Date.parse(new X509Certificate(one).validTo))
  } catch {
    return undefined
  }
}

const remedy = "set NODE_EXTRA_CA_CERTS to a PEM file with the certificate authority of the network, or remove it"

const examine = (file: string, authorities: string) =>
  Effect.gen(function* () {
    const content = yield* Effect.result((yield* FileSystem.FileSystem).readFileString(file))
    if (Result.isFailure(content)) {
      return Finding.warning(`NODE_EXTRA_CA_CERTS names ${file}, which cannot be read and is ignored`, remedy)
    }
    const found = ends(content.success)
    if (found === undefined) return Finding.warning(`a certificate in ${file} is damaged`, remedy)
    if (found.length === 0) return Finding.warning(`${file} does not contain a certificate in PEM format`, remedy)
    const now = yield* Clock.currentTimeMillis
    const expired = found.filter((end) => end <= now).length
    const details = { file, certificates: found.length, expired }
    return expired === found.length
      ? Finding.warning(`every certificate in ${file} has expired`, remedy, details)
      : Finding.ok(`${authorities}, and ${found.length} in ${file}`, details)
  })

export const check: Check = {
  name: "certificates",
  timeoutMs: Subject.localMs,
  late: Finding.warning("the certificate authorities could not be read in 5 s", "check the disk"),
  run: () =>
    Effect.gen(function* () {
      const system = yield* Effect.result((yield* Machine).systemAuthorities)
      const authorities = Result.isSuccess(system)
        ? Format.count(system.success, "authority of the system", "authorities of the system")
        : "authorities of Node only"
      const file = yield* Effect.orDie(Config.option(Config.String("NODE_EXTRA_CA_CERTS")))
      return Option.isNone(file) || file.value === ""
        ? Finding.ok(authorities)
        : yield* examine(file.value, authorities)
    }),
}
