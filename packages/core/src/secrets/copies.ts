/**
 * Finds the installed copies of Effect: the copy that this package uses and the copy that the program uses.
 */
/** A copy of Effect, with its version and folder. */
export interface Copy {
  readonly version: string
  readonly folder: string
}

interface Require {
  (path: string): unknown
  readonly resolve: (path: string) => string
}

interface Host {
  readonly argv?: ReadonlyArray<string>
  readonly getBuiltinModule?: (name: "node:module") => { readonly createRequire: (from: string) => Require }
}

/** Both copies of Effect, if they can be found. In a browser or a bundle, the folders of the copies are not available. */
export const copies = (): { readonly ours?: Copy; readonly theirs?: Copy } => {
  const { argv, getBuiltinModule } = (globalThis as { readonly process?: Host }).process ?? {}
  const createRequire = getBuiltinModule?.("node:module").createRequire
  if (createRequire === undefined) return {}
  const seenFrom = (place: string | undefined): Copy | undefined => {
    try {
      const require = createRequire(place ?? "")
      const manifest = require.resolve("effect/package.json")
      const { version } = require(manifest) as { readonly version: string }
      return { version, folder: manifest.slice(0, -"/package.json".length) }
    } catch {
      return undefined
    }
  }
  const ours = seenFrom(import.meta.url)
  const theirs = seenFrom(argv?.[1])
  return {
    ...(ours === undefined ? undefined : { ours }),
    ...(theirs === undefined || theirs.folder === ours?.folder ? undefined : { theirs }),
  }
}
