/**
 * The rule for signatures whose region differs from the region in another vendor's host name.
 */
import { type Finding, found } from "@holdfast/diagnosis/Diagnosis"
import { isHidden } from "@holdfast/diagnosis/Redaction"
import * as Asked from "../../asked.ts"
import * as Identify from "../../dialects/identify.ts"
import type { S3Facts } from "../../facts.ts"

/** Storage services that require a signature to contain the region of their host, each with the page that documents it. */
const strict: ReadonlyMap<string, string> = new Map([
  ["b2", "https://www.backblaze.com/docs/cloud-storage-call-the-s3-compatible-api"],
  ["oci", "https://docs.oracle.com/en-us/iaas/Content/Object/Tasks/s3compatibleapi.htm"],
  ["oss", "https://www.alibabacloud.com/help/en/oss/developer-reference/add-signatures-to-urls"],
  ["ovh", "https://help.ovhcloud.com/csm/en-public-cloud-storage-s3-location"],
  ["scaleway", "https://www.scaleway.com/en/docs/object-storage/api-cli/common-bucket-operations/"],
  ["wasabi", "https://docs.wasabi.com/docs/what-are-the-service-urls-for-wasabis-different-storage-regions"],
])

/** The region in the credential, if it is visible. */
const signedFor = (credential: S3Facts["credential"]): string | undefined =>
  credential === undefined || isHidden(credential.region) ? undefined : credential.region

/** Another vendor's host with a region in its name, together with an error that a wrong region can cause. */
export const byHost = (facts: S3Facts): Finding | undefined => {
  const { answer, credential } = facts
  // Oracle sends it for a key that it looks up in another region than the tenancy's.
  const isTold = /\bregion must be specified\b/i.test(answer.message)
  const host = facts.url === undefined ? undefined : Identify.ofHost(facts.url.hostname)
  const region = host?.region?.replace(/^oss-/, "")
  const isStrict = host !== undefined && strict.has(host.row.system)
  const isMute = Asked.isWordless(facts) && (answer.status === 400 || answer.status === 403) && facts.method === "HEAD"
  const isRefused =
    Asked.said(facts, "SignatureDoesNotMatch", "AuthorizationHeaderMalformed", "AuthorizationQueryParametersError") ||
    isMute
  const differs =
    isStrict && region !== undefined && ![region, undefined].includes(signedFor(credential)?.replace(/^oss-/, ""))
  // With the correct region, the key itself is unknown.
  const isOther = isTold && (region === undefined || signedFor(credential) !== region)
  if (!isOther && !(differs && isRefused && credential?.region !== "")) return undefined
  return found({
    confidence: "likely",
    detail:
      credential === undefined || region === undefined
        ? "The server requires the region in the signature, because the region is not the server's default."
        : `The credential is for ${credential.region}, but the host belongs to the region ${region}.`,
    evidence: [
      ...(credential === undefined
        ? Asked.theCode(facts)
        : [
            {
              at: credential.at,
              name: "region",
              observed: credential.region,
              expected: region ?? "the region of the endpoint",
            },
          ]),
      ...(facts.url === undefined ? [] : [{ at: "request.url", name: "host", observed: facts.url.hostname }]),
    ],
    about: ["region"],
  })
}
