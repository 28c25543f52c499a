/**
 * What a form asks for and its signer may not do. Signing needs no permission, so only the upload shows it.
 */
import { found } from "@holdfast/core/Diagnosis"
import type { Facts } from "../facts.ts"
import { topic } from "../rule.ts"
import { isFaultless } from "./postFaults.ts"
import { isPlainDenial, isSilent, place } from "./postFields.ts"

const rule = topic("post-permission")

const actions = "https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-with-s3-policy-actions.html"
const ownership = "https://docs.aws.amazon.com/AmazonS3/latest/userguide/about-object-ownership.html"

const named = (facts: Facts): string | undefined =>
  /not authorized to perform:? ([\w:]+)/i.exec(facts.answer.message)?.[1]?.toLowerCase()

/** How sure a refusal without particulars makes us of a field that needs a permission of its own. */
const confidence = (facts: Facts, action: string): "certain" | "likely" | "possible" | undefined => {
  const told = named(facts)
  if (told !== undefined) return told === action.toLowerCase() ? "certain" : undefined
  if (!isFaultless(facts)) return undefined
  if (isPlainDenial(facts)) return "likely"
  return isSilent(facts) ? "possible" : undefined
}

/** The form sets an ACL. */
export const aclRefused = rule({
  code: "HF-S3-POST-061",
  name: "FormAclRefused",
  phase: "permission",
  title: "The form sets an ACL, which the bucket or the signer does not allow",
  explanation:
    "A field acl needs s3:PutObjectAcl beside s3:PutObject. Buckets made since April 2023 have ACLs turned off and refuse " +
    "every ACL but bucket-owner-full-control.",
  fix: [
    { text: "leave the field acl out, of the form and of the policy", safety: "check first" },
    { text: "or allow the signer s3:PutObjectAcl", safety: "check first" },
  ],
  change: "human",
  links: [ownership, actions],
  recognise: (facts) => {
    const field = facts.form?.read("acl") ?? facts.form?.read("x-amz-acl")
    if (field === undefined) return undefined
    const isOff = /^(?:AccessControlListNotSupported|InvalidBucketAclWithObjectOwnership)$/.test(facts.answer.code)
    const sure = isOff ? "certain" : confidence(facts, "s3:PutObjectAcl")
    if (sure === undefined) return undefined
    return found({
      confidence: sure,
      detail: `${field.name} is "${field.value}"${isOff ? ", and the bucket has ACLs turned off" : ", which needs s3:PutObjectAcl"}.`,
      evidence: [{ at: place(field.index), name: field.name, observed: field.value }],
      about: ["s3:putobjectacl", "acls", "acl"],
    })
  },
})

/** The form sets tags. */
export const taggingRefused = rule({
  code: "HF-S3-POST-062",
  name: "FormTaggingRefused",
  phase: "permission",
  title: "The form sets tags, which the signer may not or S3 cannot read",
  explanation:
    "A field tagging needs s3:PutObjectTagging beside s3:PutObject, and holds the tags as an XML document, unlike the header " +
    "of that name.",
  fix: [
    { text: "allow the signer s3:PutObjectTagging, or leave the field out", safety: "check first" },
    { text: "write the tags as XML: <Tagging><TagSet><Tag>…", safety: "check first" },
  ],
  change: "human",
  links: [actions],
  recognise: (facts) => {
    const field = facts.form?.read("tagging")
    if (field === undefined) return undefined
    const isXml = /^(?:MalformedXML|InvalidTag)$/.test(facts.answer.code)
    const sure = isXml ? "likely" : confidence(facts, "s3:PutObjectTagging")
    if (sure === undefined) return undefined
    return found({
      confidence: sure,
      detail: isXml
        ? "The field tagging is not the XML document that it must be."
        : "The field tagging needs s3:PutObjectTagging.",
      evidence: [{ at: place(field.index), name: field.name, observed: field.value }],
      about: ["tagging", "s3:putobjecttagging", "xml"],
    })
  },
})

/** The signer may not upload there. */
export const notPermitted = rule({
  code: "HF-S3-POST-063",
  name: "FormNotPermitted",
  phase: "permission",
  title: "The signer of the form has no permission for the upload",
  explanation:
    "Anybody can sign a form; whether its signer may write the object is asked when it is used. The signer needs " +
    "s3:PutObject on the key, s3:PutObjectAcl and s3:PutObjectTagging for those fields, kms:GenerateDataKey where the bucket " +
    "is encrypted with KMS, and no policy that denies it.",
  fix: [{ text: "allow the signer what the form asks for", safety: "check first" }],
  change: "human",
  links: [actions],
  recognise: (facts) => {
    const { answer, form } = facts
    if (form === undefined) return undefined
    const action = named(facts)
    const isKms = form.read("x-amz-server-side-encryption")?.value.startsWith("aws:kms") === true
    if (action === undefined && ((!isPlainDenial(facts) && !isSilent(facts)) || !isFaultless(facts))) return undefined
    return found({
      confidence: action !== undefined || isPlainDenial(facts) ? "likely" : "possible",
      detail:
        action === undefined
          ? `The form shows no fault, and the server denies access${isKms ? "; the form asks for KMS, which needs kms:GenerateDataKey" : ""}.`
          : `The signer is not allowed ${action}.`,
      evidence: [{ at: "response.body.Code", name: "Code", observed: answer.code }],
      about: action === undefined ? [] : [action],
    })
  },
})

/** The topic's rules, in the order in which S3 looks. */
export const postPermission = [aclRefused, taggingRefused, notPermitted] as const
