/**
 * Rules about forms that authenticate their sender more than once.
 */
import { cleared, found } from "@holdfast/diagnosis/Diagnosis"
import { topic } from "../../rule.ts"

const rule = topic("post-proof")

const signing = "https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-authentication-HTTPPOST.html"

/** The request has a second authentication. */
const twoProofs = rule({
  code: "HF-S3-POST-050",
  name: "FormAndAuthorization",
  phase: "form",
  title: "The request carries another proof of the sender beside the form's own",
  explanation:
    "A form is signed by its fields. S3 refuses a request that is signed a second time, by an Authorization header or in its " +
    "URL: clients that add the application's own token to every request do that, and so do form posts to a presigned URL.",
  fix: [{ text: "send the form without Authorization, to the plain URL of the bucket", safety: "safe to apply" }],
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
          ? "The URL is presigned, and the form has a signature of its own."
          : "The form has a signature of its own, and the request an Authorization header.",
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
          detail: `The server got two proofs: something between adds one${header("cookie") === undefined ? "" : ", perhaps from the cookie"}.`,
          evidence: [{ at: "response.body.Message", name: "Message", observed: answer.message }],
        })
      : undefined,
})

/** The rules, in the order of S3's checks. */
export const proof = [twoProofs] as const
