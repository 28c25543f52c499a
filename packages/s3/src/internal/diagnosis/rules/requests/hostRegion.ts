/**
 * Finds requests signed for a different region than the one in another vendor's host name.
 */
import { type Finding, found } from "@holdfast/diagnosis/Diagnosis"
import { isHidden } from "@holdfast/diagnosis/Redaction"
import * as Asked from "../../asked.ts"
import * as Identify from "../../dialects/identify.ts"
import type { S3Facts } from "../../facts.ts"

/** Storages that accept a signature only for the region in their host name, with the source. */
const strict: ReadonlyMap<string, string> = new Map([
  ["b2", "https://www.backblaze.com/docs/cloud-storage-call-the-s3-compatible-api"],
  ["oci", "https://docs.oracle.com/en-us/iaas/Content/Object/Tasks/s3compatibleapi.htm"],
  ["oss", "https://www.alibabacloud.com/help/en/oss/developer-reference/add-signatures-to-urls"],
  ["ovh", "https://help.ovhcloud.com/csm/en-public-cloud-storage-s3-location"],
  ["scaleway", "https://www.scaleway.com/en/docs/object-storage/api-cli/common-bucket-operations/"],
  ["wasabi", "https://docs.wasabi.com/docs/what-are-the-service-urls-for-wasabis-different-storage-regions"],
])

/** The region of an unredacted credential. */
const signedFor = (credential: S3Facts["credential"]): string | undefined =>
  credential === undefined || isHidden(credential.region) ? undefined : credential.region

/** A finding for another vendor's host that names its region, and a response that the mismatch can cause. */
export const byHost = (facts: S3Facts): Finding | undefined => {
  const { answer, credential } = facts
  // Oracle sends this message for a key that it looks up in a region other than the tenancy's.
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
  // If the region is correct, the key itself is unknown.
  const isOther = isTold && (region === undefined || signedFor(credential) !== region)
  if (!isOther && !(differs && isRefused && credential?.region !== "")) return undefined
  return found({
    confidence: "likely",
    detail:
      credential === undefined || region === undefined
        ? "The server asks for the region in the signature: it is not the one that it takes without."
        : `The credential is for ${credential.region}, and the host is one of the region ${region}.`,
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
