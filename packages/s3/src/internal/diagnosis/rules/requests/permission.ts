/**
 * Rules for signers that lack a permission. Signing does not check permissions, so the error occurs only when the URL is
 * used.
 */
import { type Evidence, found } from "@holdfast/diagnosis/Diagnosis"
import * as Asked from "../../asked.ts"
import type { S3Facts } from "../../facts.ts"
import { topic } from "../../rule.ts"
import { textOf } from "../../dialects/text.ts"
import * as Actions from "./actions.ts"
import * as Denial from "./denial.ts"
import { links } from "./links.ts"
import { hoistedIn } from "./signature/hoisted.ts"

const rule = topic("permission")

const isDenied = (facts: S3Facts): boolean =>
  Asked.said(facts, "AccessDenied", "Forbidden", "AccessForbidden") &&
  !/expired|not signed|\bpolicy\b.*condition|not yet valid|query-string|invalid signature|no such key/i.test(
    facts.answer.message,
  )

/** Whether the server recognized the caller: Ceph names the bucket only after it has recognized the caller. */
const isPastTheDoor = ({ answer }: S3Facts): boolean =>
  answer.message !== "" || answer.element("BucketName") !== undefined

/** A request header or a form field. */
const sent = ({ form, header, query }: S3Facts, name: string): Evidence | undefined => {
  const field = form?.read(name.replace(/^x-amz-(?=acl|tagging)/, "")) ?? form?.read(name)
  if (field !== undefined) return { at: `request.form[${field.index}]`, name: field.name, observed: field.value }
  const value = header(name)
  if (value !== undefined) return { at: `request.headers.${name}`, name, observed: value }
  const parameter = query(name)
  return parameter === undefined ? undefined : { at: `request.url?${name}`, name, observed: parameter }
}

const actionDenied = rule({
  code: "HF-S3-PERM-001",
  name: "ActionDenied",
  phase: "permission",
  title: "The signer lacks the permission that the server identifies",
  explanation:
    "A signature identifies the caller. IAM, the bucket's policy and the key's policy decide what this identity " +
    "may do. The policies are evaluated when the URL is used, with the signer's permissions at that time.",
  fix: [{ text: "grant the action on the resource to the signing identity", safety: "check first" }],
  change: "human",
  links: [links.denied, links.permissions],
  rivals: [],
  soleCause: "https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html",
  recognise: (facts) => {
    const denial = Denial.read(facts)
    if (denial === undefined || denial.action?.startsWith("kms:") === true) return undefined
    // An unsigned request lacks a signature, or a public bucket.
    if (Denial.isAnonymous(facts) && facts.version === undefined) return undefined
    if (Denial.isHiddenKey(denial, facts) || Denial.blockSetting(facts) !== undefined) return undefined
    return found({
      // Without the request, it may be a listing or the read of a missing key, which gets the same response.
      confidence:
        denial.action === undefined ||
        Denial.isAnonymous(facts) ||
        // The Deny may be that of uploads without the header, which the URL has in its query.
        (denial.reason?.startsWith("explicit deny") === true && hoistedIn(facts).length > 0) ||
        (denial.action === "s3:ListBucket" && facts.method === undefined)
          ? "likely"
          : "certain",
      detail: Denial.sentence(denial, facts),
      evidence: [Denial.evidence(denial, facts), ...Asked.theCode(facts)],
      ...(denial.fix === undefined ? {} : { fix: [denial.fix] }),
    })
  },
})

const aclDenied = rule({
  code: "HF-S3-PERM-002",
  name: "AclDenied",
  phase: "permission",
  title: "The request sets an ACL, but the signer is not allowed to set ACLs",
  explanation:
    "An upload with an ACL requires s3:PutObjectAcl in addition to s3:PutObject. Public ACLs may also be blocked " +
    "for the bucket or the whole account. Without the ACL, the same upload often succeeds.",
  fix: [
    { text: "remove the ACL, and sign the URL or form without it", safety: "check first" },
    { text: "grant s3:PutObjectAcl to the signer", safety: "check first" },
  ],
  change: "human",
  links: [links.ownership, links.permissions],
  rivals: ["HF-S3-PERM-004", "HF-S3-PERM-005", "HF-S3-PERM-006", "HF-S3-PERM-007"],
  recognise: (facts) => {
    const acl = sent(facts, "x-amz-acl")
    if (acl === undefined || acl.observed === "private" || !isDenied(facts) || namesAction(facts)) return undefined
    return found({
      confidence: isPastTheDoor(facts) ? "likely" : "possible",
      detail: `${acl.name} is ${acl.observed}. This ACL requires s3:PutObjectAcl, and a public ACL is rejected if public ACLs are blocked.`,
      evidence: [acl, ...Asked.theCode(facts)],
      about: [acl.name],
    })
  },
})

const namesAction = ({ answer }: S3Facts): boolean => /not authorized to perform|does not have/i.test(answer.message)

const aclsOff = rule({
  code: "HF-S3-PERM-003",
  name: "AclsOff",
  phase: "permission",
  title: "ACLs are disabled for the bucket, but the request sets an ACL",
  explanation:
    "A bucket whose owner owns every object (the default since April 2023) rejects every ACL except " +
    "bucket-owner-full-control. In such buckets, policies grant access instead of ACLs.",
  fix: [{ text: "remove the ACL, and sign the URL or form without it", safety: "safe to apply" }],
  change: "plan",
  links: [links.ownership],
  rivals: [],
  soleCause: "https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html",
  recognise: (facts) => {
    if (
      !Asked.said(facts, "AccessControlListNotSupported", "InvalidBucketAclWithObjectOwnership") &&
      !/uniform bucket-level access/i.test(textOf(facts))
    ) {
      return undefined
    }
    const acl = sent(facts, "x-amz-acl")
    return found({
      confidence: "certain",
      detail: acl === undefined ? "The server rejects the ACL in the request." : `${acl.name} is ${acl.observed}.`,
      evidence: [...(acl === undefined ? [] : [acl]), ...Asked.theCode(facts)],
    })
  },
})

const taggingDenied = rule({
  code: "HF-S3-PERM-004",
  name: "TaggingDenied",
  phase: "permission",
  title: "The request sets tags, but the signer is not allowed to set tags",
  explanation:
    "An upload with tags requires s3:PutObjectTagging in addition to s3:PutObject. A signer that has only " +
    "s3:PutObject can still sign a URL with tags. The URL looks correct, but the server rejects it when it is used.",
  fix: [
    { text: "grant s3:PutObjectTagging to the signer", safety: "check first" },
    { text: "remove the tags, and sign the URL or form without them", safety: "check first" },
  ],
  change: "human",
  links: [links.tags, links.permissions],
  rivals: ["HF-S3-PERM-002", "HF-S3-PERM-005", "HF-S3-PERM-006", "HF-S3-PERM-007"],
  recognise: (facts) => {
    const tags = sent(facts, "x-amz-tagging")
    if (tags === undefined || !isDenied(facts) || namesAction(facts)) return undefined
    return found({
      confidence: isPastTheDoor(facts) ? "likely" : "possible",
      detail: `The request contains ${tags.name}, which requires s3:PutObjectTagging.`,
      evidence: [tags, ...Asked.theCode(facts)],
      about: [tags.name],
    })
  },
})

const encryptionDenied = rule({
  code: "HF-S3-PERM-005",
  name: "EncryptionDenied",
  phase: "permission",
  title: "The object is encrypted with KMS, but the signer is not allowed to use the key",
  explanation:
    "To write with KMS, the signer needs kms:GenerateDataKey on the key. Multipart uploads also require " +
    "kms:Decrypt. Within one account, the key's policy can grant these permissions directly or delegate the " +
    "decision to the signer's policy. If the key belongs to another account, both the key's policy and the " +
    "signer's policy must grant these permissions.",
  fix: [{ text: "grant kms:GenerateDataKey and kms:Decrypt on the key to the signer", safety: "check first" }],
  change: "human",
  links: [links.encryption],
  rivals: ["HF-S3-PERM-002", "HF-S3-PERM-004", "HF-S3-PERM-006", "HF-S3-PERM-007"],
  recognise: (facts) => {
    const denial = Denial.read(facts)
    if (denial?.action?.startsWith("kms:") === true) {
      return found({
        confidence: "certain",
        detail: Denial.sentence(denial, facts),
        evidence: [Denial.evidence(denial, facts), ...Asked.theCode(facts)],
      })
    }
    const { message } = facts.answer
    if (
      Asked.said(facts, "AccessDenied") &&
      /ciphertext refers to a (?:customer master|KMS) key|forbidden to use KMS/i.test(message)
    ) {
      return found({
        confidence: "likely",
        detail:
          "The object is encrypted with a KMS key that the signer is not allowed to use (kms:Decrypt), that no longer exists, " +
          `or that is in another region: "${message}".`,
        evidence: [...Asked.theCode(facts), { at: "response.body.Message", name: "Message", observed: message }],
      })
    }
    if (/permission denied on Cloud KMS key/i.test(textOf(facts))) {
      return found({
        confidence: "certain",
        detail:
          "Cloud Storage itself uses the KMS key, but its service agent lacks the role Cloud KMS CryptoKey " +
          "Encrypter/Decrypter on the key. The service agent is the service account " +
          "service-NUMBER@gs-project-accounts.iam.gserviceaccount.com.",
        evidence: [...Asked.theCode(facts), { at: "response.body.Message", name: "Message", observed: message }],
        fix: [
          {
            text: "grant roles/cloudkms.cryptoKeyEncrypterDecrypter on the key to the service agent: gcloud storage service-agent --authorize-cmek=KEY",
            safety: "check first",
          },
        ],
      })
    }
    const encryption = sent(facts, "x-amz-server-side-encryption")
    if (!encryption?.observed.startsWith("aws:kms") || !isDenied(facts) || namesAction(facts)) return undefined
    // S3 does not read this header in the query, so it encrypts nothing there.
    if (encryption.at.startsWith("request.url")) return undefined
    return found({
      confidence: isPastTheDoor(facts) ? "likely" : "possible",
      detail: `${encryption.name} is ${encryption.observed}, which needs kms:GenerateDataKey.`,
      evidence: [encryption, ...Asked.theCode(facts)],
      about: [encryption.name],
    })
  },
})

/** The server's message, if it contains more information than the code. */
const quoted = ({ answer }: S3Facts): string =>
  answer.message === "" || /^access denied\.?$/i.test(answer.message.trim())
    ? ""
    : ` The server reports: "${answer.message.trim()}"`

const notPermitted = rule({
  code: "HF-S3-PERM-007",
  name: "NotPermitted",
  phase: "permission",
  title: "The signer is not allowed to perform this operation: its permissions or a policy of the bucket forbid it",
  explanation:
    "The server accepted the signature, but the signing identity lacks the permission, or a policy denies the " +
    "operation. The policy may belong to the identity, the bucket, the access point, the KMS key or the VPC " +
    "endpoint. A session policy, a permissions boundary, or a control policy of the organization may also deny the " +
    "operation. The signer cannot detect the denial in advance, because signing requires no permission. For a " +
    "missing key, S3 returns 403 instead of 404 to a caller that lacks permission to list the bucket.",
  fix: [
    {
      text: "grant the action to the signing identity, and check the bucket's policy for a Deny statement",
      safety: "check first",
    },
    { text: "try the same request with the signer's own credentials: aws s3 cp", safety: "check first" },
  ],
  change: "human",
  links: [links.denied, links.permissions],
  recognise: (facts) => {
    const { answer, proof } = facts
    // For a HEAD, SDKs keep only the status and the operation.
    const isHead = facts.method === "HEAD" && !facts.hasRequest
    const isMute = Asked.isWordless(facts) && answer.status === 403 && (facts.hasRequest || isHead)
    if (!isDenied(facts) && !isMute) return undefined
    if (proof === "nothing") return undefined
    return found({
      confidence: isPastTheDoor(facts) && facts.hasRequest && facts.form === undefined ? "likely" : "possible",
      detail: !facts.hasRequest
        ? isHead
          ? "The response to a HEAD has no message. Possible causes: s3:GetObject (s3:ListBucket for a bucket) is not granted, the key " +
            "does not exist and the caller lacks permission to list the bucket, or the authentication is wrong."
          : facts.operation === undefined
            ? `Without the request, a missing permission cannot be distinguished from failed authentication.${quoted(facts)}`
            : Actions.ofName(facts.operation)
        : `${Actions.needed(facts)}${Actions.hint(facts)}`,
      evidence: Asked.theCode(facts),
    })
  },
})

/** All rules of this topic, with the most specific rule first. */
export const permission = [actionDenied, aclsOff, aclDenied, taggingDenied, encryptionDenied, notPermitted] as const
