import { describe } from "@effect/vitest"
import { error, rule } from "../../../support/forms.ts"

const twice = error(400, "InvalidArgument", "Only one auth mechanism allowed", { ArgumentName: "Authorization" })

describe("post-proof", () => {
  rule({
    code: "HF-S3-POST-050",
    confidence: "certain",
    what: "an Authorization header",
    change: (form) => {
      form.headers = { ...form.headers, Authorization: "Bearer application-token" }
    },
    response: twice,
    detail: /an Authorization header/,
    cleared: "other proofs",
  })
  rule({
    code: "HF-S3-POST-050",
    confidence: "certain",
    what: "an Authorization header, from a server without a message",
    change: (form) => {
      form.headers = { ...form.headers, Authorization: "Bearer application-token" }
    },
    response: error(400, "InvalidArgument"),
    detail: /an Authorization header/,
  })
  rule({
    code: "HF-S3-POST-050",
    confidence: "certain",
    what: "a presigned URL",
    change: (form) => {
      form.url += `?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Signature=${"0".repeat(64)}`
    },
    response: twice,
    detail: /The URL is presigned/,
    cleared: "other proofs",
  })
  rule({
    code: "HF-S3-POST-050",
    confidence: "likely",
    what: "an authentication that an intermediary adds",
    change: (form) => {
      form.headers = { ...form.headers, Cookie: "session=1" }
    },
    response: twice,
    detail: /perhaps from the cookie/,
    isSymptom: true,
  })
})
