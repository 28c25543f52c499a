/**
 * Lists the objects of a bucket whose keys begin with a prefix.
 *
 * **When to use**
 *
 * Use this module to find the objects to read with `S3Object`.
 */
import * as TransportCause from "@holdfast/http/TransportCause"
import type { TransportError } from "@holdfast/http/TransportError"
import * as ResponseBody from "@holdfast/http/ResponseBody"
import * as Verdict from "@holdfast/core/Verdict"
import { VerdictSchema } from "@holdfast/core/VerdictSchema"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import type * as HttpClient from "effect/http/HttpClient"
import * as Schema from "effect/Schema"
import * as Address from "./internal/signing/address.ts"
import * as Exchange from "./internal/signing/exchange.ts"
import * as ListXml from "./internal/xml/listXml.ts"
import type { S3Error } from "./S3Error.ts"
import { StorageInvalid, type Storage } from "./S3Object.ts"

/** A part of a bucket: the objects whose keys begin with the prefix. An empty prefix is the whole bucket. */
export interface Folder {
  readonly bucket: string
  readonly prefix: string
}

/** An object in a listing. */
export interface Listed {
  readonly key: string
  readonly bytes: number
}

/** The listing of a server contradicts itself or exceeds a limit, so nothing in it can be used. `reason` names the fault. */
export class ListingUnusable extends Schema.TaggedError<ListingUnusable>()("ListingUnusable", {
  verdict: VerdictSchema,
  reason: Schema.String,
}) {
  override get message() {
    return `The listing of the bucket cannot be used: ${this.reason}`
  }
}

/** The errors of a listing. */
export type ListError = ListingUnusable | S3Error | StorageInvalid | TransportError

/** The most objects of a listing. */
export const mostObjects = 1_000_000

/** The most pages of a listing. S3 needs 1000 for the most objects, but other servers may send shorter pages. */
const mostPages = 2000

/** The longest continuation token, in characters. It becomes a part of an address. */
const longestToken = 4096

/** How long the body of a page may take. */
const longestRead = Duration.seconds(60)

/** The largest page, in bytes: S3 lists at most 1000 keys a page, and encodes each byte of a key as three. */
const largestPage = 8 * 1024 * 1024

/** The longest key of S3, in bytes. */
const longestKey = 1024

const never = Verdict.never({ change: "human", outcome: "ignored", applied: "no" })

const unusable = (reason: string): ListingUnusable => new ListingUnusable({ verdict: never, reason })

const lengthOf = (key: string): number => (key.length > longestKey ? key.length : new TextEncoder().encode(key).length)

/** Why a page cannot be used, if it cannot. */
const fault = ({ objects }: ListXml.Page, prefix: string): string | undefined => {
  for (const { key } of objects) {
    if (!key.startsWith(prefix)) return "a key does not begin with the prefix"
    if (lengthOf(key) > longestKey) return `a key is longer than ${longestKey} bytes`
  }
  return undefined
}

/**
 * Returns the objects below a prefix, in the order of the server.
 *
 * **Details**
 *
 * The credentials need `s3:ListBucket`. The pages are requested one after another. Objects of 0 bytes whose keys end in a slash
 * mark folders and are left out. A listing that is too long, a token that repeats, or a key outside the prefix fails with `ListingUnusable`.
 */
export const objects = (
  client: HttpClient.HttpClient,
  { credentials, endpoint, region }: Storage,
  { bucket, prefix }: Folder,
): Effect.Effect<ReadonlyArray<Listed>, ListError> =>
  Effect.gen(function* () {
    const place = { bucket, region, endpoint }
    const reason = Address.problem(place)
    if (reason !== undefined) return yield* new StorageInvalid({ reason, verdict: never })
    const found = new Map<string, Listed>()
    const tokens = new Set<string>()
    let listed = 0
    let token: string | undefined
    for (;;) {
      const url = Address.ofListing(place, prefix, token)
      if (url === undefined) return yield* unusable("no URL expresses the prefix")
      const response = yield* Exchange.send(client, {
        method: "GET",
        url,
        region,
        credentials,
        expected: 200,
        unusable,
      })
      const body = yield* ResponseBody.readWhole(response, largestPage).pipe(
        Effect.timeoutOrElse({
          duration: longestRead,
          orElse: () => Effect.fail(TransportCause.make("RequestTimedOut", response.request)),
        }),
      )
      const text = new TextDecoder().decode(body)
      const page = ListXml.read(text)
      if (page === undefined) {
        const error = Exchange.refused(response, text, unusable)
        return yield* error._tag === "CaptivePortal" ? error : unusable("a page is not a ListBucketResult")
      }
      const problem = fault(page, prefix)
      if (problem !== undefined) return yield* unusable(problem)
      for (const object of page.objects) {
        if (object.bytes > 0 || !object.key.endsWith("/")) found.set(object.key, object)
      }
      listed += page.objects.length
      if (listed > mostObjects) return yield* unusable(`it has more than ${mostObjects} objects`)
      if (page.next === undefined) return [...found.values()]
      if (page.next.length > longestToken) return yield* unusable("a continuation token is too long")
      if (tokens.has(page.next)) return yield* unusable("a continuation token repeats")
      if (tokens.size >= mostPages) return yield* unusable(`it has more than ${mostPages} pages`)
      tokens.add(page.next)
      token = page.next
    }
  })
