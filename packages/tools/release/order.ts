/** The order in which packages are published, and the conditions for publishing a set of tarballs. */
import { tagOf } from "../pack/address.ts"

/** The parts of a packed manifest that concern its release. */
export interface Release {
  readonly name: string
  readonly version: string
  readonly private?: boolean
  readonly peerDependencies?: Readonly<Record<string, string>>
}

/** Sorts the packages so that each follows those that it depends on, which a user who installs it in between can then find. */
export const order = <A extends Release>(releases: ReadonlyArray<A>): ReadonlyArray<A> => {
  const sorted: Array<A> = []
  const add = (release: A): void => {
    if (sorted.includes(release)) return
    for (const other of releases) {
      if (other !== release && release.peerDependencies?.[other.name] !== undefined) add(other)
    }
    sorted.push(release)
  }
  for (const release of releases.toSorted((a, b) => a.name.localeCompare(b.name))) add(release)
  return sorted
}

/** Why the tarballs cannot be published; `tags` are those of the checked-out commit. */
export const problem = (releases: ReadonlyArray<Release>, tags: ReadonlyArray<string>): string | undefined => {
  const [first] = releases
  if (first === undefined) return "there are no tarballs"
  if (releases.some((release) => release.private === true))
    return "the tarballs contain a reserved address: npm run pack -- --release --to FOLDER"
  if (releases.some(({ version }) => version !== first.version)) return "the tarballs have different versions"
  const tag = tagOf(first.version)
  if (!tags.includes(tag)) return `the commit has no tag ${tag}, to which the links of the packages lead`
  return undefined
}
