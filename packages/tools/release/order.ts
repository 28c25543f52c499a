/** The order in which packages are published, and what keeps a set of tarballs from being published. */
import { tagOf } from "../pack/address.ts"

/** What a packed manifest says of its release. */
export interface Release {
  readonly name: string
  readonly version: string
  readonly private?: boolean
  readonly peerDependencies?: Readonly<Record<string, string>>
}

/** Each package after those that it needs, which a user who installs it in between then finds. */
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

/** Why the tarballs cannot be published; `tags` are those of the commit that is checked out. */
export const problem = (releases: ReadonlyArray<Release>, tags: ReadonlyArray<string>): string | undefined => {
  const [first] = releases
  if (first === undefined) return "there are no tarballs"
  if (releases.some((release) => release.private === true))
    return "the tarballs have a reserved address: npm run pack -- --release --to FOLDER"
  if (releases.some(({ version }) => version !== first.version)) return "the tarballs have different versions"
  const tag = tagOf(first.version)
  if (!tags.includes(tag)) return `the commit has no tag ${tag}, to which the links of the packages lead`
  return undefined
}
