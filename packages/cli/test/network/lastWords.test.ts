/**
 * The exit code and the remedy of every error that can end an upload, kept as one readable table.
 *
 * `UPDATE_KEPT=1` rewrites the table.
 */
import { assert, describe, it } from "@effect/vitest"
import { C2cError } from "@holdfast/c2c"
import * as Uncertain from "@holdfast/c2c/AssetCreationUncertain"
import { PlanRefused } from "@holdfast/c2c/AssetRequest"
import { frameIo } from "@holdfast/c2c/C2cConfig"
import * as IntegrityMismatch from "@holdfast/c2c/IntegrityMismatch"
import * as LocalFileError from "@holdfast/c2c/LocalFileError"
import * as StorageVerdict from "@holdfast/c2c/StorageVerdict"
import type { UploadError } from "@holdfast/c2c/UploadError"
import { UploadUrlRefused } from "@holdfast/c2c/UploadUrls"
import { Verdict } from "@holdfast/core"
import { TransportCause, TransportTable } from "@holdfast/http"
import { S3Error } from "@holdfast/s3"
import * as Unverified from "@holdfast/s3/Unverified"
import { HttpClientRequest } from "effect/http"
import * as Fs from "node:fs"
import * as ExitCode from "../../src/process/ExitCode.ts"
import * as Remedy from "../../src/network/Remedy.ts"

const request = HttpClientRequest.put("https://storage.example/key")
const never = Verdict.never({ change: "human" })

/** One error for each class and status of the tables; the others are listed by hand. */
const errors: ReadonlyArray<readonly [source: string, error: UploadError]> = [
  ...C2cError.table.rows.map((row) => {
    const fields = { status: row.status ?? 0, message: "M", form: "none" as const }
    return ["API", new C2cError.table.classes[row.class]({ ...fields, verdict: row.verdict })] as const
  }),
  ...S3Error.table.rows.map((row) => {
    const key = "key" in row && typeof row.key === "string" ? row.key.replace(/:.*$/, "") : "Unlisted"
    const body = row.class === "NotFromS3" ? "<html>" : `<Error><Code>${key}</Code><Message>M</Message></Error>`
    return [
      "storage",
      StorageVerdict.asked(S3Error.fromResponse({ status: row.status ?? 403, headers: {}, body })),
    ] as const
  }),
  ...[502, 503, 404].map(
    (status) => ["storage", S3Error.fromResponse({ status, headers: {}, body: "nginx" })] as const,
  ),
  ...TransportTable.rows.map((row) => {
    const key = "key" in row && typeof row.key === "string" ? row.key : row.class
    return ["network", TransportCause.make(key, request)] as const
  }),
  ...["ENOENT", "EACCES", "EBUSY", "EIO", "EMFILE", "ENODEV", "ELOOP", "ESTRANGE"].map(
    (code) => ["file", LocalFileError.fromCause("/card/a.mov", Object.assign(new Error(code), { code }))] as const,
  ),
  ["file", LocalFileError.changed("/card/a.mov", "size")],
  ["file", new LocalFileError.IsDirectory({ path: "/card", verdict: never })],
  ["file", new LocalFileError.NotRegularFile({ path: "/dev/tty", verdict: never })],
  ["upload", IntegrityMismatch.make(0, "a", "b")],
  ["upload", Unverified.make(request, 200, "no ETag")],
  ["upload", Uncertain.make("a.mov", TransportCause.make("ECONNRESET", request))],
  ["upload", new PlanRefused({ field: "name", reason: "is empty", verdict: Verdict.never({ change: "plan" }) })],
  ["upload", new UploadUrlRefused({ index: 0, reason: "no TLS", verdict: never })],
]

const table = (): string => {
  const lines = errors.map(([source, error]) => {
    const status = "status" in error && typeof error.status === "number" && error.status > 0 ? ` ${error.status}` : ""
    const exit = ExitCode.code(Remedy.outcomeOf(error))
    return `${source.padEnd(8)} ${(error._tag + status).padEnd(36)} ${exit}  ${Remedy.upload(error, frameIo).remedy}`
  })
  return `${[...new Set(lines)].join("\n")}\n`
}

const kept = new URL("../fixtures/lastWords.txt", import.meta.url)

describe("the last message of an upload", () => {
  it("matches the recorded exit code and remedy for every error that can end an upload", () => {
    const now = table()
    if (process.env["UPDATE_KEPT"] !== undefined) Fs.writeFileSync(kept, now)
    assert.strictEqual(now, Fs.readFileSync(kept, "utf8"))
  })

  it("does not blame the network if a server responded with its own error", () => {
    for (const [, error] of errors) {
      const status = "status" in error && typeof error.status === "number" ? error.status : 0
      if (status >= 500 && status !== 511) assert.notMatch(Remedy.upload(error, frameIo).remedy, /network/, error._tag)
    }
  })

  it("asks the user to pair the device only if the exit code is 4", () => {
    for (const [, error] of errors) {
      const { remedy } = Remedy.upload(error, frameIo)
      if (/holdfast pair/.test(remedy)) assert.strictEqual(ExitCode.code(Remedy.outcomeOf(error)), 4, error._tag)
    }
  })
})
