/**
 * What the table of sentences asks of an exchange beside its words.
 */
import type { S3Facts } from "../facts.ts"
import { asksFor, lackOf, missing } from "./lacks.ts"
import type { Where } from "./sentences/row.ts"

/** Whether a storage that words each kind of refusal in its own way has said no more than that access is denied. */
const isPlainDenial = ({ answer, dialect }: S3Facts): boolean =>
  (dialect.name === "Amazon S3" && /^access denied\.?$/i.test(answer.message.trim())) ||
  (dialect.name === "MinIO" && /^access denied\.$/i.test(answer.message.trim()))

/** Whether CloudFront passed the answer on, whatever name it is reached by. */
const cameByCloudFront = ({ header }: S3Facts["answer"]): boolean =>
  /\.cloudfront\.net\b/i.test(header("via") ?? "") || /\bfrom cloudfront\b/i.test(header("x-cache") ?? "")

/** In seconds; no limit of requests makes any caller wait so long. */
const shortestUnsealing = 600

/** Alibaba's, Tencent's and IBM's internal endpoints. */
const internalHosts =
  /-internal\.aliyuncs\.com$|\.cos-internal\.[a-z0-9-]+\.(?:tencentcos\.cn|myqcloud\.com)$|\.(?:private|direct)\.[a-z0-9-]+\.cloud-object-storage\.appdomain\.cloud$/

/** The conditions, by the names that the table gives them. */
export const conditions: Readonly<Record<Where, (facts: S3Facts) => boolean>> = {
  /** A form was sent to a storage that takes none. */
  formsLacking: (facts: S3Facts) => facts.form !== undefined && lackOf(facts, "forms") !== undefined,
  /** The request asks for something that the storage is known to lack. */
  lacking: (facts: S3Facts) => missing(facts).length > 0,
  /** The request has a checksum of the newer kinds, and the storage does not take it. */
  checksumLacking: (facts: S3Facts) =>
    lackOf(facts, "checksums") !== undefined && asksFor(facts, "checksums").length > 0,
  noForm: ({ form }: S3Facts) => form === undefined,
  plainDenial: isPlainDenial,
  /** The body came with a checksum in a trailer. */
  trailer: ({ header }: S3Facts) => header("x-amz-content-sha256")?.endsWith("-TRAILER") === true,
  copy: ({ header, method }: S3Facts) => method === "PUT" && header("x-amz-copy-source") !== undefined,
  /** The request reached the storage by way of CloudFront, which signs for it. */
  edge: ({ answer, header, url, version }: S3Facts) =>
    (url?.hostname.endsWith(".cloudfront.net") === true || cameByCloudFront(answer)) &&
    version === undefined &&
    header("authorization") === undefined &&
    answer.isErrorDocument,
  misplacedUpload: ({ dialect, form, method }: S3Facts) =>
    form === undefined && method === "PUT" && (dialect.system === "ibm" || dialect.system === "obs"),
  /** A cold archive of OpenStack Swift says by a long wait that the object is being unsealed. */
  unsealing: ({ answer, dialect, method }: S3Facts) =>
    dialect.name === "OpenStack Swift" &&
    answer.status === 429 &&
    method === "GET" &&
    Number(answer.header("retry-after") ?? 0) >= shortestUnsealing,
  /** The request failed on its way to an endpoint that only the vendor's network reaches. */
  internalHost: ({ answer, exchange, url }: S3Facts) =>
    answer.status === 0 && exchange.failure !== undefined && url !== undefined && internalHosts.test(url.hostname),
  signedText: ({ answer }: S3Facts) => answer.element("StringToSign") !== undefined,
}
