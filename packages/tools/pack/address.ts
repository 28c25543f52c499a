/**
 * The public address of the repository. `repository` in the manifest of the workspace is the only place that has it: the packed
 * manifests and the links in packed pages are made from it.
 */
import { readFileSync } from "node:fs"
import { join } from "node:path"
import { root } from "./run.ts"

/** Where the repository is public. */
export interface Address {
  /** Of its web page, without a slash at the end. */
  readonly web: string
  /** Whether it stands in for one that is not known: what is packed with it cannot be published. */
  readonly reserved: boolean
}

/** An address that leads nowhere (RFC 2606), for tarballs that are only checked. */
export const reserved: Address = { web: "https://repository.invalid/holdfast", reserved: true }

const missing =
  'no public address: a release needs `repository` in package.json, such as { "type": "git", "url": "git+https://HOST/OWNER/holdfast.git" }'

/** The address in a value of `repository`, in the forms that npm reads; `undefined` if there is none. Throws if it is not https. */
export const parse = (repository: unknown): Address | undefined => {
  if (repository === undefined) return undefined
  const { url } = typeof repository === "string" ? { url: repository } : (repository as { readonly url?: unknown })
  const [, web] = /^(?:git\+)?(https:\/\/[^/\s]+\/[^\s?#]+?)(?:\.git)?\/?$/.exec(String(url)) ?? []
  if (web === undefined) throw new Error(`repository in package.json must be an https address (got ${String(url)})`)
  return { web, reserved: false }
}

/** The address of the workspace; `undefined` while it is not known. */
export const known = (): Address | undefined =>
  parse((JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as { readonly repository?: unknown }).repository)

/** The address to pack with: `given`, else the known one, else for a release an error and otherwise the reserved one. */
export const choose = (given: string | undefined, release: boolean, found: Address | undefined = known()): Address => {
  const address = parse(given) ?? found
  if (address === undefined && release) throw new Error(missing)
  return address ?? reserved
}

/** The tag of a release, on which its links rest: the pages of a published version then never move. */
export const tagOf = (version: string): string => `v${version}`

/** What the manifest of a package says about its address; `folder` is its folder in `packages`. */
export const fields = ({ reserved, web }: Address, folder: string, version: string) => {
  const directory = `packages/${folder}`
  return {
    homepage: `${web}/tree/${tagOf(version)}/${directory}#readme`,
    bugs: { url: `${web}/issues` },
    repository: { type: "git", url: `git+${web}.git`, directory },
    ...(reserved ? { private: true } : {}),
  }
}
