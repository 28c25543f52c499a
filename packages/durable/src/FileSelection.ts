/**
 * Selects names in a folder: which files are taken, and which folders are entered.
 */
import * as Glob from "effect/Glob"

export interface Selection {
  /** Whether a file is emitted. The path is relative to the watched folder, with `/` as the separator. */
  readonly file: (relative: string) => boolean
  /** Whether a folder is entered. */
  readonly folder: (relative: string) => boolean
}

export interface SelectionOptions {
  readonly include: ReadonlyArray<string>
  readonly exclude: ReadonlyArray<string>
  /** Whether hidden names, temporary names and the folders of operating systems are excluded. */
  readonly ordinaryOnly: boolean
}

/** Names that programs give to files while they write them, and backup copies of editors. */
const temporary = /(?:\.(?:part|partial|tmp|temp|crdownload|download)|~)$|^~\$/i

/** Folders that operating systems create on every volume. */
const ofSystems = new Set(["system volume information", "$recycle.bin", "lost+found"])

const isOrdinary = (name: string): boolean =>
  !name.startsWith(".") && !temporary.test(name) && !ofSystems.has(name.toLowerCase())

export const nameOf = (relative: string): string => relative.slice(relative.lastIndexOf("/") + 1)

/** Compiles a pattern. A pattern without `/` is compared with the name alone, in every folder. */
export const compile = (pattern: string): ((relative: string) => boolean) => {
  // Brackets without an end stand for themselves, but Glob searches the rest of the pattern for the end of each.
  const closed = /[\]\\]/.test(pattern) ? pattern : pattern.replaceAll("[", "[[]")
  const glob = Glob.make(closed.replace(/^\/+/, ""), { dot: true })
  return pattern.includes("/")
    ? (relative) => Glob.match(glob, relative)
    : (relative) => Glob.match(glob, nameOf(relative))
}

/**
 * Makes a selection.
 *
 * **Details**
 *
 * A file is emitted if `include` has no patterns or one of them matches the file, and no pattern of `exclude` matches it. A
 * pattern of `exclude` that matches a folder, or all names in it (`proxies/**`), excludes the whole folder. Patterns of
 * `include` are compared with files only, so every folder is entered.
 */
export const make = ({ exclude, include, ordinaryOnly }: SelectionOptions): Selection => {
  const included = include.map(compile)
  const excluded = exclude.map(compile)
  const folders = exclude.map((pattern) => {
    const all = pattern.replace(/\/\*\*\/?$/, "")
    // `proxies/**` names a path from the root, and `cache/` a folder of this name at any depth.
    return compile(all === pattern ? pattern.replace(/\/$/, "") : `/${all}`)
  })
  const isAllowed = (relative: string): boolean => !ordinaryOnly || isOrdinary(nameOf(relative))
  return {
    file: (relative) =>
      isAllowed(relative) &&
      (included.length === 0 || included.some((matches) => matches(relative))) &&
      !excluded.some((matches) => matches(relative)),
    folder: (relative) => isAllowed(relative) && !folders.some((matches) => matches(relative)),
  }
}
