/**
 * Lists the headers that identify a storage service as the sender of a response, as opposed to a captive portal, a proxy or a
 * CDN.
 *
 * **When to use**
 *
 * Use this module if the body does not identify the sender: the response to a HEAD has no body, and the body of a success is
 * empty. This module contains only data and functions, without the error schemas.
 */
import { header } from "@holdfast/diagnosis/Exchange"
import type { HttpAnswer } from "@holdfast/http/HttpAnswer"

/** The identifying headers of one vendor. */
export interface Marks {
  readonly vendor: string
  /** The lowercase names of headers that only a storage service sends. Each of these headers must have a value. */
  readonly headers: ReadonlyArray<string>
  /** The lowercase prefix of a `Server` header that names the storage service instead of a web server. */
  readonly servers: ReadonlyArray<string>
}

/**
 * The identifying headers of each vendor.
 *
 * **Details**
 *
 * The source is each vendor's documentation of common response headers. Most vendors also send Amazon's `x-amz-request-id`,
 * which the row for Amazon S3 matches; the vendors' own rows list additional headers.
 *
 * **Gotchas**
 *
 * `x-amz-cf-id`, `x-amzn-requestid` and `cf-ray` do not identify a storage service: CloudFront, API Gateway and Cloudflare
 * add these headers to their own responses.
 */
export const table: ReadonlyArray<Marks> = [
  { vendor: "Amazon S3", headers: ["x-amz-request-id", "x-amz-id-2"], servers: ["amazons3"] },
  {
    vendor: "Ceph",
    headers: ["x-rgw-object-type", "x-rgw-object-count", "x-rgw-bytes-used"],
    servers: ["ceph object gateway"],
  },
  {
    vendor: "MinIO",
    headers: ["x-minio-deployment-id", "x-minio-error-code", "x-minio-error-desc", "x-minio-server-status"],
    servers: ["minio"],
  },
  {
    vendor: "Google Cloud Storage",
    headers: ["x-guploader-uploadid", "x-goog-generation", "x-goog-hash", "x-goog-stored-content-length"],
    servers: ["uploadserver"],
  },
  { vendor: "Cloudflare R2", headers: ["cf-r2-storage-class", "x-amz-version-id"], servers: [] },
  { vendor: "Backblaze B2", headers: ["x-bz-file-id", "x-bz-content-sha1"], servers: [] },
  { vendor: "Wasabi", headers: [], servers: ["wasabis3"] },
  { vendor: "Alibaba Cloud OSS", headers: ["x-oss-request-id"], servers: ["aliyunoss"] },
  { vendor: "Tencent COS", headers: ["x-cos-request-id", "x-cos-trace-id"], servers: ["tencent-cos"] },
  { vendor: "Huawei OBS", headers: ["x-obs-request-id", "x-obs-id-2", "x-obs-error-code"], servers: ["obs"] },
  { vendor: "Volcengine TOS", headers: ["x-tos-request-id", "x-tos-id-2"], servers: ["tosserver"] },
  { vendor: "Baidu BOS", headers: ["x-bce-request-id"], servers: ["bcebos"] },
  { vendor: "IBM Cloud Object Storage", headers: ["x-clv-request-id", "x-clv-s3-version"], servers: ["cleversafe"] },
  { vendor: "Oracle Object Storage", headers: ["opc-request-id"], servers: [] },
  { vendor: "OpenStack Swift", headers: ["x-trans-id"], servers: [] },
  { vendor: "NetApp StorageGRID", headers: ["x-ntap-sg-trace-id"], servers: ["storagegrid"] },
  { vendor: "Dell ECS", headers: ["x-emc-content-length"], servers: ["vipr"] },
  { vendor: "Supabase Storage", headers: ["sb-gateway-version"], servers: [] },
  { vendor: "LocalStack", headers: ["x-localstack"], servers: [] },
  { vendor: "SeaweedFS", headers: [], servers: ["seaweedfs"] },
  { vendor: "Storj", headers: [], servers: ["storj"] },
]

/** The headers of a response. */
export type Headers = HttpAnswer["headers"]

/** Maps each header to the index of its vendor. */
const places: ReadonlyMap<string, number> = new Map(
  table.flatMap(({ headers }, place) => headers.map((name) => [name, place] as const)),
)

/** All vendors whose identifying headers a response contains, in the order of the table. */
export const vendorsOf = (headers: Headers): ReadonlyArray<string> => {
  const found = new Set<number>()
  for (const [given, value] of Object.entries(headers)) {
    const name = given.toLowerCase()
    if (name !== "server" && !places.has(name)) continue
    const text = value.trim().toLowerCase()
    const place =
      name === "server"
        ? table.findIndex(({ servers }) => servers.some((beginning) => isNamed(text, beginning)))
        : text === ""
          ? -1
          : (places.get(name) ?? -1)
    if (place !== -1) found.add(place)
  }
  return table.flatMap(({ vendor }, place) => (found.has(place) ? [vendor] : []))
}

/** The first vendor whose identifying headers a response contains; `undefined` if it contains none. */
export const vendorOf = (headers: Headers): string | undefined => vendorsOf(headers)[0]

/** Whether the storage itself sent the response, regardless of the status. */
export const isStorage = (headers: Headers): boolean => vendorOf(headers) !== undefined

/**
 * Whether an identifying header or the object's ETag in a success response shows that the storage accepted the bytes.
 *
 * **Gotchas**
 *
 * Does not check the body, although a body from another sender contradicts the headers. In a browser, CORS hides these
 * headers unless the bucket exposes them.
 */
export const isStored = ({ headers, status }: Pick<HttpAnswer, "headers" | "status">): boolean =>
  status >= 200 && status < 300 && (isStorage(headers) || (header(headers, "etag") ?? "").trim() !== "")

/** Matches the name only as a whole word: `OBS` and `OBS/1.2` match, but `obscure` does not. */
const isNamed = (server: string, name: string): boolean =>
  server.startsWith(name) && !/[a-z]/.test(server.charAt(name.length))
