/**
 * Rules about what a form requests beyond the upload of bytes, and what only the server knows about its signer.
 */
import { found } from "@holdfast/diagnosis/Diagnosis"
import { topic } from "../../rule.ts"
import { isFaultless } from "./faults.ts"
import { isPlainDenial, place } from "./fields.ts"

const rule = topic("post-permission")

const actions = "https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-with-s3-policy-actions.html"
const postObject = "https://docs.aws.amazon.com/AmazonS3/latest/API/RESTObjectPOST.html"

/** The tags do not have the format for forms. */
const taggingMalformed = rule({
  code: "HF-S3-POST-062",
  name: "TaggingMalformed",
  phase: "body",
  title: "The tags of the form are not the XML document that they must be",
  explanation:
    "The header x-amz-tagging holds tags like a query, key=value&key=value. The field tagging of a form does not: it holds " +
    "them as an XML document, with at most ten tags and no key twice.",
  fix: [
    {
      text: "write <Tagging><TagSet><Tag><Key>…</Key><Value>…</Value></Tag></TagSet></Tagging>",
      safety: "check first",
    },
  ],
  change: "plan",
  links: [postObject],
  rivals: ["HF-S3-MPU-003"],
  recognise: ({ answer, form }) => {
    const field = form?.read("tagging")
    if (field === undefined || !/^(?:MalformedXML|InvalidTag)$/.test(answer.code)) return undefined
    return found({
      confidence: "likely",
      detail: "The server could not read the field tagging.",
      evidence: [{ at: place(field.index), name: field.name, observed: field.value, expected: "a Tagging document" }],
      about: ["tagging", "xml"],
    })
  },
})

/** Fields that need a separate permission and have other rules. */
const special = ["acl", "x-amz-acl", "tagging", "x-amz-server-side-encryption"]

/** The signer lacks the permission to upload there. */
const notPermitted = rule({
  code: "HF-S3-POST-063",
  name: "FormNotPermitted",
  phase: "permission",
  title: "The signer of the form has no permission for the upload",
  explanation:
    "Signing a form needs no permission; whether its signer may write the object is asked when it is used. A server that tells a wrong " +
    "signature from a missing permission says of the latter no more than that access is denied. The signer needs " +
    "s3:PutObject on the key, and no policy that denies it.",
  fix: [
    { text: "allow the signer s3:PutObject on the key, and look for a policy that denies it", safety: "check first" },
  ],
  change: "human",
  links: [actions],
  recognise: (facts) => {
    const { answer, form } = facts
    if (form === undefined || !isPlainDenial(facts) || special.some((name) => form.read(name) !== undefined))
      return undefined
    return isFaultless(facts)
      ? found({
          confidence: "likely",
          detail: "The form shows no fault, the server found none either, and it denies access.",
          evidence: [{ at: "response.body.Message", name: "Message", observed: answer.message }],
        })
      : undefined
  },
})

/** The rules, in the order of S3's checks. */
export const permission = [taggingMalformed, notPermitted] as const
