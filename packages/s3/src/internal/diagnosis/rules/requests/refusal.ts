/**
 * Rules for rejected requests whose message or content indicates more than a missing permission.
 */
import { found } from "@holdfast/diagnosis/Diagnosis"
import * as Asked from "../../asked.ts"
import { textOf } from "../../dialects/text.ts"
import { topic } from "../../rule.ts"
import * as Denial from "./denial.ts"
import { links } from "./links.ts"

const rule = topic("permission")

const keyHidden = rule({
  code: "HF-S3-PERM-008",
  name: "KeyHidden",
  phase: "permission",
  title:
    "The object does not exist, and the signer is not allowed to list the bucket, so S3 returns 403 instead of 404",
  explanation:
    "S3 reports a missing object only to callers that are allowed to list the bucket. A reader without " +
    "s3:ListBucket receives a 403, and the message mentions s3:ListBucket even though the request does not list " +
    "objects. The key does not exist or is misspelled in the request.",
  fix: [
    { text: "compare the key with the keys in a listing of the bucket", safety: "check first" },
    { text: "allow s3:ListBucket on the bucket, so that S3 returns 404 for a missing object", safety: "check first" },
  ],
  change: "plan",
  links: [links.getObject, links.denied],
  rivals: [],
  soleCause: links.getObject,
  recognise: (facts) => {
    const denial = Denial.read(facts)
    if (denial === undefined || !Denial.isHiddenKey(denial, facts)) return undefined
    const key = Asked.placeOf(facts)?.key ?? ""
    return found({
      confidence: "certain",
      detail: `The request reads ${key}. The server requires s3:ListBucket before it reveals that a key does not exist.`,
      evidence: [Denial.evidence(denial, facts), { at: "request.url", name: "key", observed: key }],
    })
  },
})

const publicBlocked = rule({
  code: "HF-S3-PERM-009",
  name: "PublicAccessBlocked",
  phase: "permission",
  title: "Block Public Access (Google: public access prevention) prevents the request from making data public",
  explanation:
    "Block Public Access overrides ACLs and policies that would make a bucket or an object public. It is set on " +
    "the bucket, the account or the organization, and has been enabled by default for new buckets since April 2023.",
  fix: [
    { text: "remove the public ACL or policy, and provide access through signed URLs or a CDN", safety: "check first" },
    { text: "if the bucket must be public, disable the setting named in the message", safety: "check first" },
  ],
  change: "human",
  links: [links.blockPublic, links.denied],
  rivals: [],
  soleCause: links.denied,
  recognise: (facts) => {
    const setting =
      Denial.blockSetting(facts) ?? /public use of objects is not allowed/i.exec(facts.answer.message)?.[0]
    if (setting === undefined) return undefined
    return found({
      confidence: "certain",
      detail: `The server reports ${setting}.`,
      evidence: [{ at: "response.body.Message", name: "Message", observed: setting }, ...Asked.theCode(facts)],
    })
  },
})

const requesterPays = rule({
  code: "HF-S3-PERM-011",
  name: "RequesterPays",
  phase: "permission",
  title: "The bucket uses Requester Pays, but the request does not agree to pay the charges",
  explanation:
    "A requester-pays bucket accepts a request only if it agrees to the charges: with x-amz-request-payer: " +
    "requester on Amazon, or with x-goog-user-project or userProject and a project id on Google. A requester-pays " +
    "bucket never accepts anonymous requests.",
  fix: [{ text: "send and sign x-amz-request-payer: requester (Google: x-goog-user-project)", safety: "check first" }],
  change: "plan",
  links: [links.requesterPays],
  rivals: ["HF-S3-PERM-010"],
  recognise: (facts) => {
    const isCode = Asked.said(facts, "UserProjectMissing")
    if (!isCode && !/requester.pays/i.test(textOf(facts))) return undefined
    const isSent = facts.header("x-amz-request-payer") !== undefined || facts.query("x-amz-request-payer") !== undefined
    return found({
      confidence: isSent ? "likely" : "certain",
      detail: isSent
        ? "The request agrees to pay, but the server still reports that the requester must pay for this bucket."
        : "The server reports that the requester pays for this bucket.",
      evidence: [
        ...Asked.theCode(facts),
        { at: "response.body.Message", name: "Message", observed: facts.answer.message },
      ],
    })
  },
})

const rowForbidden = rule({
  code: "HF-S3-PERM-012",
  name: "RowForbidden",
  phase: "permission",
  title: "No Supabase row-level security policy or Firebase security rule allows the caller to perform this operation",
  explanation:
    "Supabase stores objects as rows in storage.objects and checks the row-level security policies of that table " +
    "for each upload. Without an INSERT policy for the bucket, Supabase rejects every upload; an upsert also " +
    "requires SELECT and UPDATE. Firebase checks the security rules for Cloud Storage. If no key or session is " +
    "sent, the caller is anonymous, and other policies apply.",
  fix: [
    {
      text: "add a policy on storage.objects that allows the caller's role to perform the operation on this bucket",
      safety: "check first",
    },
    {
      text: "check that the request includes the user's session in addition to the public key",
      safety: "check first",
    },
  ],
  change: "human",
  links: ["https://supabase.com/docs/guides/storage/security/access-control"],
  rivals: [],
  soleCause: "https://supabase.com/docs/guides/storage/security/access-control",
  recognise: (facts) => {
    const { hostname } = facts.url ?? {}
    if (hostname === "firebasestorage.googleapis.com" && /"Permission denied\b/.test(facts.answer.body)) {
      return found({
        confidence: "likely",
        detail: `No Firebase security rule allows this operation for the caller${
          facts.header("authorization") === undefined
            ? ", who sent no Authorization header and so is not signed in"
            : ""
        }.`,
        evidence: [{ at: "request.url", name: "host", observed: hostname }],
      })
    }
    return /row.level security/i.test(facts.answer.message)
      ? found({
          confidence: "certain",
          detail: "The server reports that the new row violates a row-level security policy.",
          evidence: [
            { at: "response.body.Message", name: "Message", observed: facts.answer.message },
            ...Asked.theCode(facts),
          ],
        })
      : undefined
  },
})

const objectLocked = rule({
  code: "HF-S3-PERM-006",
  name: "ObjectLocked",
  phase: "permission",
  title: "The object is locked and cannot be changed until its retention period ends",
  explanation:
    "A retention period or a legal hold protects this version of the object. In compliance mode, the protection " +
    "cannot be removed.",
  fix: [{ text: "write to another key, or wait until the retention period has ended", safety: "check first" }],
  change: "human",
  links: [links.locks],
  rivals: ["HF-S3-PERM-002", "HF-S3-PERM-004", "HF-S3-PERM-005"],
  recognise: (facts) =>
    /object.{0,12}lock|\bworm\b/i.test(facts.answer.message) &&
    Asked.said(facts, "AccessDenied", "Forbidden", "AccessForbidden")
      ? found({
          confidence: "certain",
          detail: "The server reports that a lock protects the object.",
          evidence: Asked.theCode(facts),
        })
      : Asked.said(facts, "ObjectLocked", "FileImmutable")
        ? found({
            confidence: "likely",
            detail: `A lock, a retention period or a hold protects the object${facts.answer.message === "" ? "." : `: "${facts.answer.message}"`}`,
            evidence: Asked.theCode(facts),
          })
        : undefined,
})

/** All rules of this topic, with the most specific rule first. */
export const refusal = [keyHidden, publicBlocked, requesterPays, rowForbidden, objectLocked] as const
