/**
 * Rules for requests that did not reach the storage as intended: another service has the address, the setting contains
 * more than the bucket's name, or the host is invalid.
 */
import { type Evidence, found } from "@holdfast/diagnosis/Diagnosis"
import * as Asked from "../../../asked.ts"
import * as Misplaced from "../../../dialects/misplaced.ts"
import { inUrl, rule } from "./topic.ts"

export const notTheStorage = rule({
  code: "HF-S3-PLACE-017",
  name: "NotTheStorage",
  phase: "place",
  title: "Another service has this address: it is not the S3 interface of a storage",
  explanation:
    "The S3 request went to a service that does not speak S3: the identity service or the native object API of " +
    "OpenStack (Keystone, Swift), Azure Blob Storage, Bunny's own storage API, the console of MinIO. Each answers " +
    "in its own way, some with status 200. The S3 interface has another address or port, or the product has none.",
  fix: [
    { text: "set the endpoint to the S3 interface of the storage: its own host, port and path", safety: "check first" },
    { text: "if the product does not speak S3, use its own SDK or a gateway in front of it", safety: "check first" },
  ],
  change: "url",
  links: [
    "https://docs.openstack.org/swift/latest/s3_compat.html",
    "https://learn.microsoft.com/en-us/rest/api/storageservices/status-and-error-codes2",
  ],
  recognise: (facts) => {
    const other = Misplaced.otherService(facts)
    if (other === undefined) return undefined
    return found({
      confidence: "likely",
      detail: `${other.name} answers here instead of the storage's S3 interface: ${other.instead}.`,
      evidence: [other.evidence, ...inUrl(facts)],
    })
  },
})

export const bucketMisstated = rule({
  code: "HF-S3-PLACE-016",
  name: "BucketMisstated",
  phase: "place",
  title: "The setting for the bucket contains something else than the bucket's name",
  explanation:
    "Clients put the setting into the address unchanged. In place of the bucket's name the address then has a " +
    "scheme (s3://name), a whole URL, an ARN, a folder after the name (name/folder) or a variable without a value " +
    "(undefined, null). The server looks for a bucket with that name, or the slash is encoded, merged or signed " +
    "differently than it arrives.",
  fix: [
    {
      text: "set the bucket to its bare name, and put a folder into the prefix or the key",
      safety: "check first",
    },
  ],
  change: "url",
  links: ["https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html"],
  recognise: (facts) => {
    const misstated = Misplaced.bucket(facts)
    if (misstated === undefined || facts.answer.status < 400) return undefined
    if (facts.answer.status >= 500 || facts.answer.phases.size === 0) return undefined
    const isRefused =
      Asked.isWordless(facts) ||
      Asked.said(
        facts,
        "SignatureDoesNotMatch",
        "NoSuchBucket",
        "InvalidBucketName",
        "AccessDenied",
        "NoSuchKey",
        "InvalidURI",
        "InvalidRequest",
        "InvalidArgument",
        "AllAccessDisabled",
        "PermanentRedirect",
        "BucketNotFound",
      )
    if (!isRefused) return undefined
    return found({
      confidence: "likely",
      detail: misstated.detail,
      evidence: [...inUrl(facts, "the bare name of the bucket"), ...Asked.theCode(facts)],
    })
  },
})

export const hostMalformed = rule({
  code: "HF-S3-PLACE-018",
  name: "HostMalformed",
  phase: "place",
  title: "The Host header is malformed, so the server or a proxy in front of it rejects the request unread",
  explanation:
    "Host contains a name or an address and, after a colon, a port. Brackets are for IPv6 addresses only; a " +
    "scheme, a path or two ports make it invalid. Web servers such as Apache, nginx and HAProxy then answer 400 " +
    "with their own page. The reason is an endpoint with a scheme, a path or a port too many, or the client " +
    "library.",
  fix: [
    { text: "set the endpoint as host or host:port, without a scheme or a path", safety: "check first" },
    { text: "update the client library if it writes the header itself", safety: "check first" },
  ],
  change: "plan",
  links: ["https://www.rfc-editor.org/rfc/rfc9110#section-7.2", "https://github.com/minio/minio-go/pull/1835"],
  recognise: (facts) => {
    const host = facts.header("host")
    const flaw = host === undefined ? undefined : Misplaced.hostFlaw(host)
    if (host === undefined || flaw === undefined || ![400, 404, 421].includes(facts.answer.status)) return undefined
    if (facts.answer.isErrorDocument) return undefined
    const evidence: Evidence = {
      at: "request.headers.host",
      name: "host",
      observed: host,
      expected: "a name or an address, and a port",
    }
    return found({ confidence: "likely", detail: `The Host header ${flaw}.`, evidence: [evidence] })
  },
})
