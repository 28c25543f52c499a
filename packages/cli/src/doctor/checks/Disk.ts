/**
 * Checks the disk that holds the saved files: its free space, and whether it supports writing and locking.
 */
import * as FileSystemKind from "@holdfast/oauth/FileSystemKind"
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Result from "effect/Result"
import * as Format from "../../terminal/Format.ts"
import * as Finding from "../Finding.ts"
import { Machine } from "../Machine.ts"
import * as SavedFolder from "../SavedFolder.ts"
import type { Check } from "../Subject.ts"
import * as Subject from "../Subject.ts"

/** The free space below which saving tokens and the queue may fail: 10 MB. */
const full = 10_000_000

/** The free space below which a busy machine may soon fill the disk: 100 MB. */
const scarce = 100_000_000

const elsewhere = "set HOLDFAST_HOME to a directory on a local disk"

const unwritable = (folder: string, code: string): Finding.Finding => {
  if (code === "EROFS") {
    const text = `the disk of ${folder} is read-only`
    return Finding.problem("local", text, `check the disk for errors and mount it for writing, or ${elsewhere}`)
  }
  const text = `this user cannot write to ${folder} (${code})`
  return Finding.problem("local", text, `give yourself permission to write to it, or ${elsewhere}`)
}

const examine = (home: string) =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const { fileSystem } = yield* Machine
    const folder = yield* SavedFolder.existing(home)
    const state = yield* Effect.result(fileSystem(folder))
    if (Result.isFailure(state)) {
      const text = `the disk of ${folder} cannot be examined (${state.failure.code})`
      return Finding.problem("local", text, `check the disk, or ${elsewhere}`)
    }
    const { freeBytes, freeFiles, type } = state.success
    const share = FileSystemKind.networkOfType(type)
    const details = { folder, freeBytes, share: share ?? null }
    if (share !== undefined) {
      const text = `${folder} is on a network share (${share}), where locks depend on a server`
      return Finding.problem("local", text, elsewhere, details)
    }
    const access = yield* Effect.result(fs.access(folder, { writable: true }))
    if (Result.isFailure(access)) return unwritable(folder, SavedFolder.codeOf(access.failure))
    const text = `${Format.bytes(freeBytes)} free on the disk of ${folder}`
    if (freeFiles === 0) {
      return Finding.problem("local", `no more files can be created on the disk of ${folder}`, "delete files", details)
    }
    if (freeBytes < full) return Finding.problem("local", text, `free some space, or ${elsewhere}`, details)
    if (freeBytes < scarce) return Finding.warning(text, "free some space", details)
    return Finding.ok(text, details)
  }).pipe(Effect.catch((error) => Effect.succeed(unwritable(home, SavedFolder.codeOf(error)))))

export const check: Check = {
  name: "disk",
  timeoutMs: Subject.localMs,
  late: Finding.problem(
    "local",
    "the disk of the saved files did not answer in 5 s",
    `check the disk and its cable, or ${elsewhere}`,
  ),
  run: ({ saved }) =>
    Result.isFailure(saved) ? Effect.succeed(Finding.fromError(saved.failure)) : examine(saved.success.home),
}
