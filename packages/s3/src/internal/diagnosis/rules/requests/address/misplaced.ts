/**
 * Rules for requests that did not reach the intended storage: another service uses the address, the setting contains more
 * than the bucket name, or the host is invalid.
 */
import { type Evidence, found } from "@holdfast/diagnosis/Diagnosis"
import * as Asked from "../../../asked.ts"
import * as Misplaced from "../../../dialects/misplaced.ts"
import { inUrl, rule } from "./topic.ts"

export const notTheStorage = rule({
  code: "HF-S3-PLACE-017",
  name: "NotTheStorage",
  phase: "place",
  title: "This address belongs to another service, not to the S3 interface of a storage service",
  explanation:
    "The S3 request was sent to a service that does not support S3. Examples are OpenStack's identity service and " +
    "native object API (Keystone, Swift), Azure Blob Storage, Bunny's own storage API and MinIO's console. Each of " +
    "these services responds in its own way, some with status 200. The S3 interface has another address or port, " +
    "or the product has no S3 interface.",
  fix: [
    { text: "set the endpoint to the host, port and path of the storage's S3 interface", safety: "check first" },
    {
      text: "if the product does not support S3, use the product's own SDK or an S3 gateway in front of the product",
      safety: "check first",
    },
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
      detail: `${other.name} responded instead of the storage's S3 interface: ${other.instead}.`,
      evidence: [other.evidence, ...inUrl(facts)],
    })
  },
})

export const bucketMisstated = rule({
  code: "HF-S3-PLACE-016",
  name: "BucketMisstated",
  phase: "place",
  title: "The bucket setting contains something other than the bucket's name",
  explanation:
    "Clients insert the bucket setting into the address unchanged. The address then contains the incorrect setting " +
    "in place of the bucket's name. The setting may be a name with a scheme (s3://name), a whole URL, an ARN, a " +
    "name with a folder (name/folder) or an unset variable's value (undefined, null). The server looks for a " +
    "bucket with this incorrect name. A slash in the setting may also be encoded or merged, so that the received " +
    "path differs from the signed path.",
  fix: [
    {
      text: "set the bucket to the bare bucket name, and put any folder into the prefix or the key",
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
  title:
    "The Host header is malformed, so the server or a proxy in front of it rejects the request without processing it",
  explanation:
    "The Host header contains a name or an address, optionally followed by a colon and a port. Brackets are " +
    "allowed only around IPv6 addresses. A scheme, a path or a second port makes the header invalid. Web servers " +
    "such as Apache, nginx and HAProxy then respond with status 400. The response contains the web server's own " +
    "page. The cause is an endpoint that contains a scheme, a path or an extra port, or an error in the client " +
    "library.",
  fix: [
    { text: "set the endpoint to host or host:port, without a scheme or a path", safety: "check first" },
    { text: "update the client library if it sets the Host header itself", safety: "check first" },
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
      expected: "a name or an address, with an optional port",
    }
    return found({ confidence: "likely", detail: `The Host header ${flaw}.`, evidence: [evidence] })
  },
})
