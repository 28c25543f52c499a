/**
 * Rules for the position of the bucket in the address: in the host, in the path, or in both.
 */
import { found } from "@holdfast/diagnosis/Diagnosis"
import * as Asked from "../../../asked.ts"
import { lackOf } from "../../../dialects/lacks.ts"
import type { S3Facts } from "../../../facts.ts"
import { links } from "../links.ts"
import { inUrl, rule, theMessage } from "./topic.ts"

/** The bucket of the host, if the path begins with it as well. */
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
  title: "The bucket is in the host and again in the path, so the key begins with it",
  explanation:
    "A URL names the bucket in the host (bucket.s3.region.amazonaws.com/key) or first in the path " +
    "(s3.region.amazonaws.com/bucket/key), not in both. With both, the server reads a key that begins with the " +
    "bucket's name, which the policy does not permit or which does not exist. The usual reason is an SDK that adds " +
    "the bucket to an endpoint that already contains it.",
  fix: [
    {
      text: "set the endpoint without the bucket, or address the key without it, and sign again",
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
        detail: `The host ${host} names the bucket ${label} twice: the endpoint already has the bucket in it, and the client puts it in front once more. A certificate, and often the name itself, is for one label less.`,
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
      detail: `The host names the bucket ${bucket}, and the path begins with /${bucket}/, so the key is ${Asked.placeOf(facts)?.key ?? ""}.`,
      evidence: [...inUrl(facts, "the bucket once"), ...Asked.theCode(facts)],
    })
  },
})

/** The error codes of vendors that accept the bucket only in the host. */
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
  title: "The server accepts the bucket only in the host: this address has it in the path",
  explanation:
    "Alibaba OSS, Tencent COS, Huawei OBS and Volcengine TOS accept virtual-hosted addresses, bucket.endpoint/key, " +
    "and reject the path style, endpoint/bucket/key. SDKs use the path style for endpoints other than Amazon's, or " +
    "if forcePathStyle is set.",
  fix: [
    {
      text: "disable the path style: forcePathStyle: false (boto3: addressing_style='virtual')",
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
    const { dialect } = facts
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
        ? `${dialect.name} says so: the bucket belongs in the host instead of the path.`
        : `${dialect.name} accepts no path-style address, and an upload does not need an existing key: the bucket ` +
          "belongs in the host.",
      evidence: [...Asked.theCode(facts), ...theMessage(facts), ...inUrl(facts, "bucket.endpoint/key")],
    })
  },
})

/** Whether a host can contain a bucket before the name of a service: it has at least three labels. */
const mayHoldBucket = ({ url }: S3Facts): boolean =>
  url !== undefined && url.hostname.split(".").length > 2 && !/^[\d.]+$|^\[/.test(url.hostname)

export const bucketNotSeen = rule({
  code: "HF-S3-PLACE-012",
  name: "BucketNotSeen",
  phase: "place",
  title: "The server does not know its own host name, so it does not see the bucket in the host",
  explanation:
    "A self-hosted server finds the bucket in the host only if its own domain is configured: rgw_dns_name in Ceph, " +
    "root_domain in Garage, MINIO_DOMAIN in MinIO. Otherwise it reads the bucket and key from the path: an upload " +
    "to the bucket's root, or a key of one segment, looks like the creation of a bucket.",
  fix: [
    { text: "use path style: forcePathStyle: true (boto3: addressing_style='path')", safety: "check first" },
    { text: "configure the server's domain: rgw_dns_name, root_domain or MINIO_DOMAIN", safety: "check first" },
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
        ? "The server treated the upload as the creation of a bucket: it did not read a bucket from the host " +
          `${url.hostname}, or the path begins with an additional slash.`
        : `PUT / makes sense only if the host ${url.hostname} names a bucket, and the server did not read one from it.`,
      evidence: [...Asked.theCode(facts), ...theMessage(facts), ...inUrl(facts)],
    })
  },
})
