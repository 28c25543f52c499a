/**
 * Describes each operating system error in one human-readable line.
 */

/** What is wrong, and the remedy. */
export interface Refusal {
  readonly detail: string
  readonly action: string
}

const access = "grant your user account access to the folder, or choose another folder"

const byCode: Readonly<Record<string, Refusal>> = {
  EACCES: { detail: "no permission", action: access },
  EPERM: { detail: "not permitted", action: access },
  EROFS: { detail: "the disk is read-only", action: "make the disk writable, or choose another folder" },
  ENOSPC: { detail: "no space left on the disk", action: "free some space" },
  EDQUOT: { detail: "your disk quota is exhausted", action: "free some space" },
  ENOENT: { detail: "the folder cannot be created", action: "choose another folder" },
  ENOTDIR: { detail: "part of the path is a file instead of a folder", action: "move that file away" },
  ENAMETOOLONG: { detail: "the path is too long", action: "choose another folder" },
  ELOOP: { detail: "too many symbolic links", action: "choose another folder" },
}

/** Returns the meaning of an operating system error. */
export const meaning = (error: unknown): Refusal =>
  byCode[codeOf(error) ?? ""] ?? { detail: codeOf(error) ?? "the disk failed", action: "check the disk and the folder" }

/** Returns the operating system's error code, if the error has one. */
export const codeOf = (error: unknown): string | undefined =>
  typeof error === "object" && error !== null && "code" in error && typeof error.code === "string"
    ? error.code
    : undefined
