/**
 * The rule for the key id of a form that is signed with version 2.
 */
import { found } from "@holdfast/diagnosis/Diagnosis"
import { topic } from "../../rule.ts"
import { place } from "./fields.ts"

const rule = topic("post-key-id")

const postObject = "https://docs.aws.amazon.com/AmazonS3/latest/API/RESTObjectPOST.html"

const keyIdNotInPolicy = rule({
  code: "HF-S3-POST-037",
  name: "KeyIdNotInPolicy",
  phase: "policy",
  title: "The server requires a policy condition for AWSAccessKeyId, although S3 does not require one",
  explanation:
    "S3 exempts AWSAccessKeyId, policy, signature, file and x-ignore- fields from the rule that every field of a " +
    "form must have a condition. Some releases of MinIO do not exempt AWSAccessKeyId and reject forms of version 2 " +
    "that Amazon accepts.",
  fix: [
    { text: "sign the form with version 4, or update the MinIO server", safety: "check first" },
    { text: 'or add ["starts-with", "$AWSAccessKeyId", ""] to the policy', safety: "check first" },
  ],
  change: "url",
  links: [postObject],
  rivals: [],
  soleCause: postObject,
  recognise: ({ answer, dialect, form }) => {
    if (!/awsaccesskeyid\W{1,8}not specified in the policy/i.test(answer.message)) return undefined
    const field = form?.field("awsaccesskeyid")
    const server = dialect.isKnown ? dialect.name : "The server (MinIO, judging by the message)"
    return found({
      confidence: "certain",
      detail: `${server} requires a condition for AWSAccessKeyId, although this field should be exempt: this is a bug in some MinIO releases.`,
      evidence: [
        ...(field === undefined ? [] : [{ at: place(field.index), name: field.name, observed: field.value }]),
        { at: "response.body.Message", name: "Message", observed: answer.message },
      ],
      about: ["awsaccesskeyid"],
    })
  },
})

/** All rules of this topic. */
export const keyId = [keyIdNotInPolicy] as const
