/**
 * Identifies the storage that was addressed and the storage that responded, by host, headers and the format of the error
 * document.
 */
import * as StorageMarks from "../../../StorageMarks.ts"
import type { S3Answer } from "../answer.ts"
import { type Dialect, type Name, type Row, table } from "./table.ts"

/** A storage service, and whether it was identified or is the generic default. */
export interface Known extends Dialect {
  readonly isKnown: boolean
}

const rows: ReadonlyArray<Row> = table

/** The default for a storage service that was not identified. */
const unknown: Known = { system: "s3", name: "an S3-compatible server", isKnown: false }

/** The maximum length of a host name (RFC 1035, section 2.3.4). */
const longestHost = 255

interface Host {
  readonly row: Row
  readonly bucket: string | undefined
  readonly region: string | undefined
}

/** The host that was looked up last: the requests of an upload are checked one after the other, and have the same host. */
let last: { readonly hostname: string; readonly host: Host | undefined } | undefined

/** The storage that a host belongs to, with the bucket and region that the host contains. */
export const ofHost = (hostname: string): Host | undefined => {
  if (last?.hostname !== hostname) last = { hostname, host: find(hostname) }
  return last.host
}

const find = (hostname: string): Host | undefined => {
  if (hostname.length > longestHost) return undefined
  for (const row of rows) {
    for (const host of row.hosts) {
      const match = host.exec(hostname)
      if (match === null) continue
      // Patterns that begin with a label of their own have no group for the bucket.
      const hasBucket = host.source.startsWith("^(?:(.+)\\.)?")
      return { row, bucket: hasBucket ? match[1] : undefined, region: hasBucket ? match[2] : match[1] }
    }
  }
  return undefined
}

const named = (name: Name): Known | undefined => {
  const row = rows.find((one) => one.name === name)
  return row === undefined ? undefined : { system: row.system, name, isKnown: true }
}

/**
 * The storage, identified by the requested host or, if the host does not identify one, by the response.
 *
 * **Details**
 *
 * The host of a CDN does not identify the storage behind it, so the response is used instead. If a CDN generated the response
 * itself, the CDN is the author.
 */
export const dialectOf = (hostname: string | undefined, answer: S3Answer): Known => {
  const host = hostname === undefined ? undefined : ofHost(hostname)?.row
  const isCdn = host?.system === "cloudfront"
  if (host !== undefined && !isCdn) return { system: host.system, name: host.name, isKnown: true }
  const server = (answer.header("server") ?? "").toLowerCase()
  if (server.startsWith("amazons3")) return { system: "s3", name: "Amazon S3", isKnown: true }
  const written = ofWords(answer)
  if (written !== undefined) return written
  const marked = StorageMarks.vendorsOf(answer.headers).find((name) => knownMarks.has(name) && isOwnMark(name, answer))
  if (marked !== undefined) return knownMarks.get(marked) ?? unknown
  return server.startsWith("cloudfront") ? { system: "cloudfront", name: "CloudFront", isKnown: true } : unknown
}

/**
 * Whether a header is specific to the storage. All storage services send Amazon's request ids, and all that support
 * versioning send a version id.
 */
const isOwnMark = (name: string, answer: S3Answer): boolean =>
  name !== "Amazon S3" && (name !== "Cloudflare R2" || answer.header("cf-ray") !== undefined)

const knownMarks: ReadonlyMap<string, Known> = new Map(
  rows.map(({ name, system }) => [name, { system, name, isKnown: true }] as const),
)

/** The format of Ceph request ids: `tx`, followed by hyphens and the zone. */
const cephId = /^tx[0-9a-f]{8,40}-[0-9a-f]{4,20}-[0-9a-f]{1,20}-\S/

/** Codes that only Backblaze's native API uses. */
const b2Code = /^(?:(?:bad|expired|missing)_auth_token|(?:\w{1,20}_)?cap_exceeded|bad_bucket_id|duplicate_bucket_name)$/

/** Codes that only Azure Blob Storage uses. */
const azureCode =
  /^(?:Authorization(?:Failure|(?:Permission|Protocol|SourceIP|Service|ResourceType)Mismatch)|(?:KeyBasedAuthentication|PublicAccess)NotPermitted|NoAuthenticationInformation|AccountIsDisabled|(?:Container|Blob|Filesystem)(?:NotFound|AlreadyExists|BeingDeleted|Archived|ImmutableDueToPolicy)|Lease(?:IdMissing|AlreadyPresent|Lost|IdMismatchWith\w{1,30}))$/

/** Messages of Alibaba. */
const ossMessage =
  /because of (?:bucket|object) acl|bucket referer policy|the bucket you access does not belong to you/i

/** Azure appends the request id and the time to its messages. */
const azureMessage = /\sRequestId:[0-9a-zA-Z-]{20,40}\s{1,4}Time:\d{4}-/

/** Identifies a storage service by content that only its error documents have. */
const ofWords = (answer: S3Answer): Known | undefined => {
  const { element, hostId = "", message, requestId = "" } = answer
  if (element("EC") !== undefined || hostId.endsWith(".aliyuncs.com") || ossMessage.test(message))
    return named("Alibaba Cloud OSS")
  if (element("TraceId") !== undefined) return named("Tencent COS")
  if (element("httpStatusCode") !== undefined) return named("IBM Cloud Object Storage")
  if (cephId.test(requestId)) return named("Ceph")
  if (element("Region") === "garage" || /Garage does not support|could not reach quorum of \d/i.test(message))
    return named("Garage")
  if (/\bKey-Pair-Id\b|\bUnknown Key\b/.test(message)) return named("CloudFront")
  if (/\bBackblaze\b|\bB2\b/.test(message) || b2Code.test(answer.code)) return named("Backblaze B2")
  if (
    /application key with capabilities|no tomes available|upload using auth token|match data received|\bsha1 is wrong length/i.test(
      message,
    )
  )
    return named("Backblaze B2")
  if (answer.header("x-ms-error-code") !== undefined || azureMessage.test(message) || azureCode.test(answer.code))
    return named("Azure Blob Storage")
  if (answer.code === "NotEntitled" || element("R2") !== undefined) return named("Cloudflare R2")
  if (
    answer.element("Domain") === "global" ||
    /Google (?:Cloud|secret|Access)|cloud\.google\.com\/storage|object mutation operations|\bstorage\.(?:objects|buckets)\.\w/.test(
      `${message} ${element("Details") ?? ""}`,
    )
  ) {
    return named("Google Cloud Storage")
  }
  // MinIO identifies the responding node by a SHA-256, and its request ids have 16 hex digits.
  const isNode = /^[0-9a-f]{64}$/.test(hostId) || answer.code.startsWith("XMinio")
  return isNode && (answer.code.startsWith("XMinio") || /^[0-9A-F]{16}$/.test(requestId)) ? named("MinIO") : undefined
}

/**
 * The author of the response, by the name that a reader would use. `undefined` if something other than the storage wrote the
 * response, or if there is no response.
 */
export const answeredBy = (dialect: Known, answer: S3Answer): string | undefined => {
  if (answer.status === 0 || answer.isForeign) return undefined
  if (!answer.isErrorDocument && !answer.isMarked && answer.status >= 300) return undefined
  const isEdge = /cloudfront/i.test(`${answer.header("via") ?? ""} ${answer.header("x-cache") ?? ""}`)
  return isEdge && dialect.name !== "CloudFront" ? `${dialect.name}, behind CloudFront` : dialect.name
}
