/**
 * Matches files with their sidecars, such as `A001.MXF` with `A001.XML`.
 */
import * as Selection from "../../FileSelection.ts"

export interface SidecarRule {
  /** The files that have a sidecar, as a pattern like those of `include`. */
  readonly files: string
  /**
   * The name of the sidecar, in the same folder. `{stem}` stands for the name of the file without its extension, and `{name}`
   * for the whole name: `{stem}.XML`, `{stem}M01.XML`, `{name}.md5`. Letter case is ignored.
   */
  readonly sidecar: string
  /**
   * Whether a file waits for its sidecar (`wait`), or does not wait for the quiet time once its sidecar is there (`finish`).
   * A file to which two rules apply waits for the sidecars of both.
   */
  readonly then: "wait" | "finish"
}

/** The names of the sidecars of one file. */
export interface Sidecars {
  /** The file is not emitted until all of these exist. */
  readonly wait: ReadonlyArray<string>
  /** The file is emitted at once when any of these exists. */
  readonly finish: ReadonlyArray<string>
}

const none: Sidecars = { wait: [], finish: [] }

/** Returns a function that names the sidecars of a file. The path is relative to the watched folder. */
export const make = (rules: ReadonlyArray<SidecarRule>): ((relative: string) => Sidecars) => {
  if (rules.length === 0) return () => none
  const compiled = rules.map(({ files, sidecar, then }) => ({ matches: Selection.compile(files), sidecar, then }))
  return (relative) => {
    const name = Selection.nameOf(relative)
    const dot = name.lastIndexOf(".")
    const stem = dot > 0 ? name.slice(0, dot) : name
    const of = (then: SidecarRule["then"]) =>
      compiled
        .filter((rule) => rule.then === then && rule.matches(relative))
        .map(({ sidecar }) => sidecar.replaceAll("{stem}", () => stem).replaceAll("{name}", () => name))
        // A rule for all files also matches the sidecar itself, which has none.
        .filter((sidecar) => sidecar.toLowerCase() !== name.toLowerCase())
    return { wait: of("wait"), finish: of("finish") }
  }
}
