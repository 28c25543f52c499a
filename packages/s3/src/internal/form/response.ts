/**
 * Reads the location of the stored file from the `<PostResponse>` of a 201 or from the address in a 303 redirect. Pure and
 * total.
 */
import { decodeReferences } from "../xml/references.ts"

/** The location of the stored object. */
export interface Stored {
  readonly location?: string
  readonly bucket?: string
  readonly key?: string
  /** The ETag as it was sent, including its quotes. */
  readonly etag?: string
}

const root = /<(?:[\w.-]+:)?PostResponse[\s>]/

/** Parses a `<PostResponse>`, with or without an XML declaration and a namespace; `undefined` for any other body. */
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
 * Reads the parameters that S3 adds to `success_action_redirect`; `undefined` if they are absent, which means that the
 * redirect does not come from S3.
 *
 * **Gotchas**
 *
 * Ceph starts its parameters with a question mark even if the address already contains a query.
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
