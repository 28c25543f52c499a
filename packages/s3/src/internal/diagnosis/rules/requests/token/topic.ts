/**
 * Helper functions for the rules about keys and tokens.
 */
import type { Evidence } from "@holdfast/diagnosis/Diagnosis"
import { bytesOf } from "@holdfast/diagnosis/Redaction"
import * as Asked from "../../../asked.ts"
import type { S3Facts } from "../../../facts.ts"
import { topic } from "../../../rule.ts"

/** Creates a rule about keys and tokens. */
export const rule = topic("url-token")

/** Error codes for a rejected session token. */
export const refusals = ["InvalidToken", "InvalidTokenId", "InvalidSecurity", "InvalidClientTokenId"]

/** Google's HMAC keys belong to accounts and have no session tokens (Cloud Storage, "HMAC keys"). */
export const hasNoSessions = ({ dialect }: S3Facts): boolean => dialect.system === "gcs"

/** The id of the signing key, as evidence. */
export const theKey = (facts: S3Facts): ReadonlyArray<Evidence> => {
  const { credential, keyId } = facts
  if (keyId !== undefined) {
    const at =
      credential?.at ??
      (Asked.signedIn(facts) === "query" ? "request.url?AWSAccessKeyId" : "request.headers.authorization")
    return [{ at, name: "key id", observed: keyId }]
  }
  const said = Asked.keyIdSaid(facts)
  return said === undefined ? [] : Asked.inAnswer(facts, said.name)
}

/**
 * Whether the response rejects the key. Some servers give few reasons for a rejection, and check the key before they check
 * the bucket.
 */
export const isMute = ({ answer }: S3Facts): boolean =>
  answer.code === "AccessDenied" && answer.message === "" && answer.element("BucketName") === undefined

/** The length of Ceph's session key ids; the key ids of users have 20 characters. */
const lengthOfCephSessionKeys = 19

/** Whether a key id of unknown type has the length of a session key id. */
export const looksLikeSession = (facts: S3Facts): boolean =>
  Asked.keyKindOf(facts) === "untold" && bytesOf(facts.keyId ?? "") === lengthOfCephSessionKeys
