/**
 * Rules for form options that do not concern the uploaded bytes, and for permissions that only the server can check.
 */
import { found } from "@holdfast/diagnosis/Diagnosis"
import { topic } from "../../rule.ts"
import { isFaultless } from "./faults.ts"
import { isPlainDenial, place } from "./fields.ts"

const rule = topic("post-permission")

const actions = "https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-with-s3-policy-actions.html"
const postObject = "https://docs.aws.amazon.com/AmazonS3/latest/API/RESTObjectPOST.html"

const taggingMalformed = rule({
  code: "HF-S3-POST-062",
  name: "TaggingMalformed",
  phase: "body",
  title: "The tags of the form are not a valid XML document",
  explanation:
    "The header x-amz-tagging contains tags in the format of a URL query: key=value&key=value. In a form, the " +
    "tagging field contains an XML document with at most ten tags and no repeated key.",
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
      detail: "The server could not read the tagging field.",
      evidence: [{ at: place(field.index), name: field.name, observed: field.value, expected: "a Tagging document" }],
      about: ["tagging", "xml"],
    })
  },
})

/** Fields that require a separate permission, which other rules check. */
const special = ["acl", "x-amz-acl", "tagging", "x-amz-server-side-encryption"]

const notPermitted = rule({
  code: "HF-S3-POST-063",
  name: "FormNotPermitted",
  phase: "permission",
  title: "The signer of the form does not have permission to upload the object",
  explanation:
    "Signing a form does not require any permission. The permission to write the object is checked when the form " +
    "is used. A missing permission is reported only as denied access, even by servers that report a wrong " +
    "signature separately. The signer needs s3:PutObject on the key, and no policy may deny this action.",
  fix: [
    { text: "grant the signer s3:PutObject on the key, and check for a policy that denies it", safety: "check first" },
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
          detail: "The form has no visible fault, and the server denies access without giving a reason.",
          evidence: [{ at: "response.body.Message", name: "Message", observed: answer.message }],
        })
      : undefined
  },
})

/** All rules of this topic, in the order in which S3 performs the checks. */
export const permission = [taggingMalformed, notPermitted] as const
