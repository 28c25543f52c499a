/**
 * Conditions on the exchange that rows in the message table can require.
 */
import * as Asked from "../asked.ts"
import type { S3Facts } from "../facts.ts"
import { asksFor, lackOf, missing } from "./lacks.ts"
import type { Where } from "./sentences/row.ts"

/** Whether the storage reports only that access is denied, although it has a specific message for each kind of rejection. */
const isPlainDenial = ({ answer, dialect }: S3Facts): boolean =>
  (dialect.name === "Amazon S3" && /^access denied\.?$/i.test(answer.message.trim())) ||
  (dialect.name === "MinIO" && /^access denied\.$/i.test(answer.message.trim()))

/** Whether the response passed through CloudFront, regardless of the host name. */
const cameByCloudFront = ({ header }: S3Facts["answer"]): boolean =>
  /\.cloudfront\.net\b/i.test(header("via") ?? "") || /\bfrom cloudfront\b/i.test(header("x-cache") ?? "")

/**
 * In seconds. The shortest wait that is attributed to unsealing, because no rate limit requires a caller to wait this long.
 */
const shortestUnsealing = 600

/** The internal endpoints of Alibaba, Tencent and IBM. */
const internalHosts =
  /-internal\.aliyuncs\.com$|\.cos-internal\.[a-z0-9-]+\.(?:tencentcos\.cn|myqcloud\.com)$|\.(?:private|direct)\.[a-z0-9-]+\.cloud-object-storage\.appdomain\.cloud$/

/** The conditions, keyed by the names that the table uses. */
export const conditions: Readonly<Record<Where, (facts: S3Facts) => boolean>> = {
  /** A form was sent to a storage service that does not support forms. */
  formsLacking: (facts: S3Facts) => Asked.sendsForm(facts) && lackOf(facts, "forms") !== undefined,
  /** The request uses a feature that the storage does not support. */
  lacking: (facts: S3Facts) => missing(facts).length > 0,
  /** The request uses a newer type of checksum that the storage does not support. */
  checksumLacking: (facts: S3Facts) =>
    lackOf(facts, "checksums") !== undefined && asksFor(facts, "checksums").length > 0,
  noForm: ({ form }: S3Facts) => form === undefined,
  plainDenial: isPlainDenial,
  /** The body sends its checksum in a trailer. */
  trailer: ({ header }: S3Facts) => header("x-amz-content-sha256")?.endsWith("-TRAILER") === true,
  copy: ({ header, method }: S3Facts) => method === "PUT" && header("x-amz-copy-source") !== undefined,
  /** The request reached the storage through CloudFront, which signs the requests that it forwards to the storage. */
  edge: ({ answer, header, url, version }: S3Facts) =>
    (url?.hostname.endsWith(".cloudfront.net") === true || cameByCloudFront(answer)) &&
    version === undefined &&
    header("authorization") === undefined &&
    answer.isErrorDocument,
  misplacedUpload: ({ dialect, form, method }: S3Facts) =>
    form === undefined && method === "PUT" && (dialect.system === "ibm" || dialect.system === "obs"),
  /** A cold archive in OpenStack Swift uses a long wait to indicate that the object is being unsealed. */
  unsealing: ({ answer, dialect, method }: S3Facts) =>
    dialect.name === "OpenStack Swift" &&
    answer.status === 429 &&
    method === "GET" &&
    Number(answer.header("retry-after") ?? 0) >= shortestUnsealing,
  /** The request failed on its way to an endpoint in the vendor's internal network. */
  internalHost: ({ answer, exchange, url }: S3Facts) =>
    answer.status === 0 && exchange.failure !== undefined && url !== undefined && internalHosts.test(url.hostname),
  signedText: ({ answer }: S3Facts) => answer.element("StringToSign") !== undefined,
}
