/**
 * Where S3 says the file is: in the `<PostResponse>` of a 201, or in the address that a 303 leads to. Pure and total.
 */
import { decodeReferences } from "../xml/references.ts"

/** What S3 says about the object. */
export interface Stored {
  readonly location?: string
  readonly bucket?: string
  readonly key?: string
  /** As sent, quotes included. */
  readonly etag?: string
}

const root = /<(?:[\w.-]+:)?PostResponse[\s>]/

/** Reads a `<PostResponse>`, with or without its declaration and namespace; `undefined` when the body is something else. */
export const read = (body: string): Stored | undefined => {
  const start = root.exec(body)?.index
  if (start === undefined) return undefined
  const text = body.slice(start)
  const element = (name: string): string | undefined => {
    // Four elements of text and no more: no parser is needed for them.
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
 * Reads what S3 adds to `success_action_redirect`; `undefined` when nothing was added, so the redirect is not S3's.
 *
 * **Gotchas**
 *
 * Ceph begins its part with a question mark even where the address has a query already.
 */
export const fromLocation = (location: string | undefined): Stored | undefined => {
  const added = /[?&](bucket=[^?#]*)(?:#.*)?$/s.exec(location ?? "")?.[1]
  const query = new URLSearchParams(added)
  // The last of a name is S3's, the others are the address's own.
  const [bucket, key, etag] = ["bucket", "key", "etag"].map((name) => query.getAll(name).at(-1))
  return bucket === undefined || key === undefined || etag === undefined ? undefined : present({ bucket, key, etag })
}

const present = (found: { readonly [Name in keyof Stored]: string | undefined }): Stored =>
  Object.fromEntries(Object.entries(found).filter(([, value]) => value !== undefined && value !== ""))
