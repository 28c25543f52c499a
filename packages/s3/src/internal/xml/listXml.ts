/**
 * Reads a page of a listing: the `<ListBucketResult>` document of S3's ListObjectsV2. Pure and total.
 */
import { XMLParser } from "fast-xml-parser"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import { decodeReferences, inert } from "./references.ts"

/** A page of a listing. */
export interface Page {
  readonly objects: ReadonlyArray<{ readonly key: string; readonly bytes: number }>
  /** The token for the next page; `undefined` on the last one. */
  readonly next: string | undefined
}

const Document = Schema.Struct({
  ListBucketResult: Schema.Struct({
    IsTruncated: Schema.Literals(["true", "false"]),
    NextContinuationToken: Schema.optionalKey(Schema.String),
    EncodingType: Schema.optionalKey(Schema.String),
    Contents: Schema.optionalKey(
      Schema.Array(
        Schema.Struct({ Key: Schema.String, Size: Schema.String.check(Schema.isPattern(/^\s*\d{1,15}\s*$/)) }),
      ),
    ),
  }),
})

const decode = Schema.decodeUnknownOption(Document)

const parser = new XMLParser({
  ignoreAttributes: true,
  parseTagValue: false,
  // A key may begin or end with a space.
  trimValues: false,
  processEntities: false,
  entityDecoder: inert,
  jPath: false,
  removeNSPrefix: true,
  isArray: (name) => name === "Contents",
})

/** Decodes a key as `encoding-type=url` encodes it. Some servers encode a space as a plus. */
const decodeKey = (text: string): string | undefined => {
  try {
    return decodeURIComponent(text.replaceAll("+", " "))
  } catch {
    return undefined
  }
}

const parse = (text: string): unknown => {
  try {
    return parser.parse(text)
  } catch {
    return undefined
  }
}

/** The page in a body; `undefined` if the body is anything else, or contains a document type declaration. */
export const read = (body: string): Page | undefined => {
  if (body.includes("<!DOCTYPE")) return undefined
  const document = Option.getOrUndefined(decode(parse(body)))
  if (document === undefined) return undefined
  const { Contents = [], EncodingType, IsTruncated, NextContinuationToken } = document.ListBucketResult
  const isEncoded = EncodingType?.trim() === "url"
  const objects: Array<{ readonly key: string; readonly bytes: number }> = []
  for (const { Key, Size } of Contents) {
    const text = decodeReferences(Key)
    const key = isEncoded ? decodeKey(text) : text
    if (key === undefined || key === "") return undefined
    objects.push({ key, bytes: Number(Size) })
  }
  if (IsTruncated === "false") return { objects, next: undefined }
  const next = decodeReferences(NextContinuationToken ?? "")
  return next === "" ? undefined : { objects, next }
}
