/**
 * Reads the location of the stored file: from the `<PostResponse>` of a 201, or from the address of a 303. Pure and
 * total.
 */
import { decodeReferences } from "../xml/references.ts"

/** The location of the stored object. */
export interface Stored {
  readonly location?: string
  readonly bucket?: string
  readonly key?: string
  /** The ETag as sent, with its quotes. */
  readonly etag?: string
}

const root = /<(?:[\w.-]+:)?PostResponse[\s>]/

/** Reads a `<PostResponse>`, with or without its declaration and namespace; `undefined` for any other body. */
export const read = (body: string): Stored | undefined => {
  const start = root.exec(body)?.index
  if (start === undefined) return undefined
  const text = body.slice(start)
  const element = (name: string): string | undefined => {
    // The document has only four text elements, so no parser is needed.
    const [, literal, escaped] =
      new RegExp(`<(?:[\\w.-]+:)?${name}>(?:\\s*<!\\[CDATA\\[([^\\]<]*)\\]\\]>|([^<]*)</)`).exec(text) ?? []
    return literal ?? (escaped === undefined ? undefined : decodeReferences(escaped.trim()))
  }
  return present({
    location: element("Location"),
    bucket: element("Bucket"),
    key: element("Key"),
    etag: element("ETag"),
  })
}

/**
 * Reads the parameters that S3 adds to `success_action_redirect`; `undefined` if there are none, because then the
 * redirect is not S3's.
 *
 * **Gotchas**
 *
 * Ceph begins its parameters with a question mark even if the address already has a query.
 */
export const fromLocation = (location: string | undefined): Stored | undefined => {
  const added = /[?&](bucket=[^?#]*)(?:#.*)?$/s.exec(location ?? "")?.[1]
  const query = new URLSearchParams(added)
  // The last value of a repeated name is S3's; the others belong to the address.
  const [bucket, key, etag] = ["bucket", "key", "etag"].map((name) => query.getAll(name).at(-1))
  return bucket === undefined || key === undefined || etag === undefined ? undefined : present({ bucket, key, etag })
}

const present = (found: { readonly [Name in keyof Stored]: string | undefined }): Stored =>
  Object.fromEntries(Object.entries(found).filter(([, value]) => value !== undefined && value !== ""))
