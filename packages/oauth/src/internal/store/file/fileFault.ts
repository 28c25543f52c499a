/**
 * Describes each file system error in one human-readable line and assigns a verdict.
 */
import type { PlatformError } from "effect/PlatformError"
import * as Verdict from "@holdfast/core/Verdict"

/** The meaning of a file system error that concerns the token file. */
export interface FileFault {
  readonly verdict: Verdict.Verdict
  readonly detail: string
  readonly action: string
}

const human = Verdict.never({ change: "human" })

const byCode: { readonly [code: string]: FileFault } = {
  EACCES: {
    verdict: human,
    detail: "no permission",
    action: "grant your user account access to the file and its folder",
  },
  EPERM: {
    verdict: human,
    detail: "not permitted",
    action: "grant your user account access to the file and its folder",
  },
  EROFS: {
    verdict: human,
    detail: "the disk is read-only",
    action: "make the disk writable, or choose another folder",
  },
  ENOSPC: { verdict: human, detail: "no space left on the disk", action: "free some space" },
  EDQUOT: { verdict: human, detail: "your disk quota is exhausted", action: "free some space" },
  EISDIR: { verdict: human, detail: "the path is a folder", action: "move the folder away" },
  EEXIST: { verdict: human, detail: "part of the path is a file instead of a folder", action: "move that file away" },
  ENOENT: { verdict: human, detail: "the folder for the file cannot be created", action: "choose another folder" },
  ENOTDIR: { verdict: human, detail: "part of the path is a file instead of a folder", action: "move that file away" },
  ENAMETOOLONG: { verdict: human, detail: "the path is too long", action: "choose another folder" },
  ELOOP: { verdict: human, detail: "too many symbolic links", action: "choose another folder" },
  EBUSY: { verdict: Verdict.always(), detail: "the file is busy", action: "close the program that is using the file" },
  EMFILE: { verdict: Verdict.always(), detail: "too many open files", action: "close some programs" },
  ENFILE: { verdict: Verdict.always(), detail: "too many open files", action: "close some programs" },
  EIO: { verdict: Verdict.always(), detail: "the disk failed", action: "check the disk" },
}

/** Returns the operating system's error code, if the error has one. */
const codeOf = (error: PlatformError): string | undefined => {
  const cause = error.reason.cause
  return typeof cause === "object" && cause !== null && "code" in cause && typeof cause.code === "string"
    ? cause.code
    : undefined
}

/**
 * Returns the meaning of a file system error. This function is total, because an error with an unlisted code is treated as
 * temporary.
 */
export const fileFault = (error: PlatformError): FileFault => {
  const code = codeOf(error)
  const known = code !== undefined && Object.hasOwn(byCode, code) ? byCode[code] : undefined
  if (known !== undefined) return known
  return { verdict: Verdict.once(), detail: code ?? error.reason._tag, action: "check the disk and the folder" }
}
