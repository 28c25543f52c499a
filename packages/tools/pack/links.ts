/** The links of a page that leaves the repository: a reader on npm has none of the files that relative links lead to. */
import { posix } from "node:path"
import { type Address, tagOf } from "./address.ts"

/** A link, an image, or an image written as HTML, each up to its target. */
const links = /(!?\[[^\]]*\]\(|<img[^>]*?\ssrc=")([^)"\s]+)/g

const isRelative = (target: string): boolean => !/^(?:[a-z][a-z\d+.-]*:|#|\/\/)/i.test(target)

/** Splits a page into prose and code, which alternate; code has no links. */
const parts = (page: string): ReadonlyArray<string> => page.split(/(^```[\s\S]*?^```$|`[^`\n]+`)/m)

/**
 * The page with every relative link absolute.
 *
 * **Details**
 *
 * `path` is that of the page from the root of the repository. Images lead to the file itself, other links to the page that shows it.
 * A link within the page stays. Throws if a link leaves the repository.
 */
export const absolute = (page: string, path: string, address: Address, version: string): string => {
  const lead = (begin: string, target: string): string => {
    if (!isRelative(target)) return begin + target
    const [, file = "", hash = ""] = /^([^#]*)(#.*)?$/.exec(target) ?? []
    const found = posix.join(posix.dirname(path), file)
    if (found.startsWith("..")) throw new Error(`${path} links to ${target}, which is not in the repository`)
    const isImage = begin.startsWith("!") || begin.startsWith("<img")
    const view = isImage ? "raw" : posix.extname(found) === "" ? "tree" : "blob"
    return `${begin}${address.web}/${view}/${tagOf(version)}/${found}${hash}`
  }
  return parts(page)
    .map((part, index) =>
      index % 2 === 1 ? part : part.replaceAll(links, (_, begin: string, target: string) => lead(begin, target)),
    )
    .join("")
}

/** The relative links of a page. */
export const relative = (page: string): ReadonlyArray<string> =>
  parts(page)
    .filter((_, index) => index % 2 === 0)
    .flatMap((part) => [...part.matchAll(links)].map(([, , target = ""]) => target))
    .filter(isRelative)
