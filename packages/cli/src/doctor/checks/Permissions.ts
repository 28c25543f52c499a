/**
 * Checks who can access the saved files: the directory, its folders, and the token file.
 */
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Option from "effect/Option"
import * as Result from "effect/Result"
import * as Path from "node:path"
import * as Finding from "../Finding.ts"
import { Machine } from "../Machine.ts"
import type { Check } from "../Subject.ts"
import * as Subject from "../Subject.ts"

/** The mode bits that give the group and others any access. */
const ofOthers = 0o077

/** The mode bits that let the group and others write. */
const writeOfOthers = 0o022

const octal = (mode: number): string => (mode & 0o777).toString(8).padStart(4, "0")

/** Quotes a path for a shell if necessary. */
const quoted = (path: string): string =>
  /^[\w@%+:,./][\w@%+:,./-]*$/.test(path) ? path : `'${path.replaceAll("'", String.raw`'\''`)}'`

const ofOne = (path: string, { mode, type, uid }: FileSystem.File.Info, user: number): Finding.Finding | undefined => {
  const isFolder = type === "Directory"
  if (Option.isSome(uid) && uid.value !== user) {
    return Finding.problem(
      "local",
      `${path} belongs to another user`,
      `run holdfast as that user, or run chown ${user} ${quoted(path)}`,
    )
  }
  if ((mode & ofOthers) === 0) return undefined
  const fix = `run chmod ${isFolder ? 700 : 600} ${quoted(path)}`
  if (isFolder && (mode & writeOfOthers) === 0) {
    return Finding.warning(`other users can list ${path} (mode ${octal(mode)})`, fix)
  }
  const verb = isFolder ? "replace files in" : "access"
  return Finding.problem("local", `other users can ${verb} ${path} (mode ${octal(mode)})`, fix)
}

export const check: Check = {
  name: "permissions",
  timeoutMs: Subject.localMs,
  late: Finding.problem("local", "the permissions could not be read in 5 s", "check the disk of the saved files"),
  run: ({ saved }) =>
    Effect.gen(function* () {
      if (Result.isFailure(saved)) return Finding.skipped("there is no directory for saved files")
      const { user } = yield* Machine
      if (user === undefined) return Finding.skipped("this system does not use file modes")
      const fs = yield* FileSystem.FileSystem
      const { home, queue, tokenFile } = saved.success
      const paths = [home, Path.dirname(tokenFile), tokenFile, Path.join(home, "exchanges"), queue]
      const infos = yield* Effect.forEach(paths, (path) => Effect.option(fs.stat(path)))
      const all = paths.flatMap((path, at) => {
        const info = infos[at]
        return info !== undefined && Option.isSome(info) ? [ofOne(path, info.value, user)] : []
      })
      const found = all.filter((one) => one !== undefined)
      const worst = found.find(({ level }) => level === "problem") ?? found[0]
      if (worst === undefined) {
        return Finding.ok(all.length === 0 ? "nothing is saved yet" : "only this user can access the saved files")
      }
      const others = found.length - 1
      return others === 0 ? worst : { ...worst, text: `${worst.text}, and ${others} more` }
    }),
}
