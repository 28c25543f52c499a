/**
 * Rules for the position of the bucket in the address: in the host, in the path, or in both.
 */
import { found } from "@holdfast/diagnosis/Diagnosis"
import * as Asked from "../../../asked.ts"
import { lackOf } from "../../../dialects/lacks.ts"
import type { S3Facts } from "../../../facts.ts"
import { links } from "../links.ts"
import { inUrl, rule, theMessage } from "./topic.ts"

/** The bucket in the host, if the path also begins with the name of the bucket. */
const doubled = (facts: S3Facts): string | undefined => {
  const place = Asked.placeOf(facts)
  return place?.style === "host" && place.bucket !== undefined && place.key.split("/")[0] === place.bucket
    ? place.bucket
    : undefined
}

export const bucketNamedTwice = rule({
  code: "HF-S3-PLACE-010",
  name: "BucketNamedTwice",
  phase: "place",
  title: "The bucket is in both the host and the path, so the key begins with the bucket's name",
  explanation:
    "A virtual-hosted URL contains the bucket in the host (bucket.s3.region.amazonaws.com/key). A path-style URL " +
    "contains the bucket at the start of the path (s3.region.amazonaws.com/bucket/key). If both the host and the " +
    "path contain the bucket, the server reads a key that begins with the bucket's name. The policy does not " +
    "permit this key, or the key does not exist. The usual cause is an SDK endpoint that already contains the " +
    "bucket. The SDK then adds the bucket a second time.",
  fix: [
    {
      text: "remove the bucket from the endpoint or from the key, and sign the request again",
      safety: "check first",
    },
  ],
  change: "url",
  links: [links.hosts],
  recognise: (facts) => {
    if (facts.misnamed?.flaw === "doubled") {
      const { host, instead, label } = facts.misnamed
      return found({
        confidence: "likely",
        detail: `The host ${host} contains the bucket ${label} twice. The endpoint already contains the bucket, and the client prepends the bucket again. The certificate, and often the DNS name, covers only a host with one label fewer.`,
        evidence: [
          {
            at: facts.exchange.request?.url === undefined ? "failure" : "request.url",
            name: "host",
            observed: host,
            ...(instead === undefined ? {} : { expected: instead }),
          },
        ],
      })
    }
    const bucket = doubled(facts)
    if (bucket === undefined) return undefined
    const isRefused =
      Asked.said(facts, "AccessDenied", "NoSuchKey", "NoSuchBucket", "SignatureDoesNotMatch", "InvalidRequest") ||
      (Asked.isWordless(facts) && [400, 403, 404].includes(facts.answer.status))
    if (!isRefused || /not authorized to perform|expired|not signed/i.test(facts.answer.message)) return undefined
    return found({
      confidence: "likely",
      detail: `The host contains the bucket ${bucket}, and the path begins with /${bucket}/, so the key is ${Asked.placeOf(facts)?.key ?? ""}.`,
      evidence: [...inUrl(facts, "the bucket once"), ...Asked.theCode(facts)],
    })
  },
})

/** The error codes of vendors that accept the bucket only in the host name. */
const styleCodes = [
  "InvalidPathAccess",
  "PathStyleDomainForbidden",
  "SecondLevelDomainForbidden",
  "VirtualHostDomainRequired",
]

export const pathStyleRefused = rule({
  code: "HF-S3-PLACE-011",
  name: "PathStyleRefused",
  phase: "place",
  title: "The server accepts the bucket only in the host, but this address has the bucket in the path",
  explanation:
    "Alibaba OSS, Tencent COS, Huawei OBS and Volcengine TOS accept only virtual-hosted addresses. These vendors " +
    "accept bucket.endpoint/key and reject the path style, endpoint/bucket/key. Some SDKs use the path style for " +
    "endpoints other than Amazon's. The setting forcePathStyle also selects the path style.",
  fix: [
    {
      text: "disable the path style by setting forcePathStyle: false (boto3: addressing_style='virtual')",
      safety: "check first",
    },
  ],
  change: "url",
  links: [
    "https://github.com/langgenius/dify/pull/2934",
    "https://github.com/iterative/dvc/issues/10256",
    "https://www.alibabacloud.com/help/en/oss/developer-reference/compatibility-with-amazon-s3",
    "https://support.huaweicloud.com/intl/en-us/api-obs/obs_errorcode_0014.html",
  ],
  rivals: ["HF-S3-PLACE-010"],
  recognise: (facts) => {
    const isSaid =
      Asked.said(facts, ...styleCodes) ||
      /must be addressed using .{0,40}virtual|virtual.host(?:ed)?.style .{0,40}(?:required|only)|path.style .{0,40}(?:not supported|forbidden)/i.test(
        facts.answer.message,
      )
    const place = Asked.placeOf(facts)
    // Huawei looks for the key in a bucket of another name, and reports it as missing even for an upload.
    const isMissed =
      lackOf(facts, "path style") !== undefined &&
      place?.style === "path" &&
      Asked.said(facts, "NoSuchKey") &&
      facts.method === "PUT"
    if (!isSaid && !isMissed) return undefined
    return found({
      confidence: isSaid ? "certain" : "likely",
      detail: isSaid
        ? `${Asked.serverOf(facts)} reports that the bucket belongs in the host instead of the path.`
        : `${Asked.serverOf(facts)} does not accept path-style addresses. An upload cannot fail because of a missing key, so the bucket ` +
          "belongs in the host.",
      evidence: [...Asked.theCode(facts), ...theMessage(facts), ...inUrl(facts, "bucket.endpoint/key")],
    })
  },
})

/** Whether a host can contain a bucket before the name of a service, which requires at least three labels. */
const mayHoldBucket = ({ url }: S3Facts): boolean =>
  url !== undefined && url.hostname.split(".").length > 2 && !/^[\d.]+$|^\[/.test(url.hostname)

export const bucketNotSeen = rule({
  code: "HF-S3-PLACE-012",
  name: "BucketNotSeen",
  phase: "place",
  title: "The server is not configured with its own host name, so it does not recognize the bucket in the host",
  explanation:
    "A self-hosted server recognizes the bucket in the host only if the server's own domain is configured. The " +
    "setting is rgw_dns_name in Ceph, root_domain in Garage and MINIO_DOMAIN in MinIO. Otherwise, the server reads " +
    "the bucket and key from the path. An upload to the bucket's root, or to a key with a single segment, then " +
    "looks like the creation of a bucket.",
  fix: [
    { text: "use path style: forcePathStyle: true (boto3: addressing_style='path')", safety: "check first" },
    { text: "configure the server's domain (rgw_dns_name, root_domain or MINIO_DOMAIN)", safety: "check first" },
  ],
  change: "url",
  links: [
    "https://docs.ceph.com/en/latest/radosgw/s3/commons/",
    "https://garagehq.deuxfleurs.fr/documentation/reference-manual/configuration/",
  ],
  recognise: (facts) => {
    const { answer, dialect, method, url } = facts
    if (facts.form !== undefined || url === undefined || !mayHoldBucket(facts)) return undefined
    if (dialect.isKnown && !["ceph", "minio"].includes(dialect.system) && dialect.name !== "Garage") return undefined
    const isCreation = /invalid create bucket xml/i.test(answer.message)
    const isRoot =
      method === "PUT" && url.pathname === "/" && (Asked.said(facts, "MethodNotAllowed") || answer.status === 405)
    if (!isCreation && !isRoot) return undefined
    return found({
      confidence: "likely",
      detail: isCreation
        ? "The server treated the upload as the creation of a bucket. " +
          `The server did not read a bucket from the host ${url.hostname}, or the path begins with an extra slash.`
        : `PUT / is valid only if the host ${url.hostname} contains a bucket, but the server did not read a bucket from this host.`,
      evidence: [...Asked.theCode(facts), ...theMessage(facts), ...inUrl(facts)],
    })
  },
})
