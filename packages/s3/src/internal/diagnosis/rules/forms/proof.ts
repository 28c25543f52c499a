/**
 * Rules for form requests that contain a second set of authentication data.
 */
import { cleared, found } from "@holdfast/diagnosis/Diagnosis"
import { topic } from "../../rule.ts"

const rule = topic("post-proof")

const signing = "https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-authentication-HTTPPOST.html"

const twoProofs = rule({
  code: "HF-S3-POST-050",
  name: "FormAndAuthorization",
  phase: "form",
  title: "The request contains a second authentication in addition to the form's fields",
  explanation:
    "The fields of a form authenticate the request. S3 rejects a second authentication in an Authorization header " +
    "or in the URL. A client sends a second authentication if it adds the application's own token to every " +
    "request, or if it posts the form to a presigned URL.",
  fix: [
    { text: "send the form to the plain URL of the bucket, without an Authorization header", safety: "safe to apply" },
  ],
  change: "plan",
  links: [signing],
  rivals: ["HF-S3-POST-013", "HF-S3-AUTH-010"],
  inspect: (facts) => {
    const { form, header, query } = facts
    if (form === undefined || !["policy", "x-amz-signature", "signature"].some((name) => form.field(name)))
      return undefined
    const authorization = header("authorization")
    const signature = query("x-amz-signature") ?? query("signature")
    if (authorization === undefined && signature === undefined)
      return facts.exchange.request?.headers === undefined ? undefined : cleared("other proofs", "none")
    return found({
      confidence: "certain",
      detail:
        authorization === undefined
          ? "The URL is presigned, but the form also has its own signature."
          : "The form has its own signature, but the request also has an Authorization header.",
      evidence: [
        authorization === undefined
          ? { at: "request.url?X-Amz-Signature", name: "X-Amz-Signature", observed: signature ?? "", expected: "none" }
          : { at: "request.headers.authorization", name: "Authorization", observed: authorization, expected: "none" },
      ],
      about: ["authorization", "auth"],
    })
  },
  recognise: ({ answer, form, header }) =>
    form !== undefined && /only one auth mechanism/i.test(answer.message)
      ? found({
          confidence: "likely",
          detail:
            "The server received two authentications: an intermediary added " +
            `one${header("cookie") === undefined ? "" : ", perhaps from the cookie"}.`,
          evidence: [{ at: "response.body.Message", name: "Message", observed: answer.message }],
        })
      : undefined,
})

/** All rules of this topic, in the order in which S3 performs the checks. */
export const proof = [twoProofs] as const
