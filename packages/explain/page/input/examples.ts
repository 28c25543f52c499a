/** The examples behind the page's buttons. All keys, tokens and signatures are invented. */
import type { FormPart } from "@holdfast/diagnosis/Exchange"

/** An error and the request that got it. */
export interface Example {
  readonly label: string
  readonly error: string
  readonly url: string
  readonly form: ReadonlyArray<FormPart>
}

const document = (code: string, message: string, more = ""): string =>
  `<?xml version="1.0" encoding="UTF-8"?>
<Error>
  <Code>${code}</Code>
  <Message>${message}</Message>${more}
  <RequestId>EXAMPLEREQUEST01</RequestId>
</Error>`

const policyUntil = (expiration: string): string =>
  btoa(
    JSON.stringify({
      expiration,
      conditions: [
        { bucket: "talks.example" },
        { key: "talks/keynote.mov" },
        { "x-amz-security-token": "EXAMPLE+session+token+that+is+far+longer+in+real+life" },
      ],
    }),
  )

const token = { name: "x-amz-security-token", value: "EXAMPLE+session+token+that+is+far+longer+in+real+life" }
const file: FormPart = { name: "file", filename: "keynote.mov", size: 21_136_250, type: "video/quicktime" }

const fields = (policy: string): ReadonlyArray<FormPart> => [
  { name: "key", value: "talks/keynote.mov" },
  { name: "AWSAccessKeyId", value: "ASIAEXAMPLEEXAMPLE01" },
  { name: "policy", value: policy },
  { name: "signature", value: "EXAMPLEsignatureEXAMPLEsign=" },
]

const url = "https://s3.amazonaws.com/talks.example"

const unknownKey = document(
  "InvalidAccessKeyId",
  "The AWS Access Key Id you provided does not exist in our records.",
  "\n  <AWSAccessKeyId>ASIAEXAMPLEEXAMPLE01</AWSAccessKeyId>",
)

/** The examples, with the one from the documentation first. */
export const examples: readonly [Example, ...ReadonlyArray<Example>] = [
  {
    label: "A token after the file",
    error: unknownKey,
    url,
    form: [...fields(policyUntil("2036-01-01T00:00:00Z")), file, token],
  },
  {
    label: "A field that the policy lacks",
    error: document("AccessDenied", "Invalid according to Policy: Extra input fields: content-type"),
    url,
    form: [
      ...fields(policyUntil("2036-01-01T00:00:00Z")),
      token,
      { name: "Content-Type", value: "video/quicktime" },
      file,
    ],
  },
  {
    label: "An expired policy",
    error: `HTTP/1.1 403 Forbidden
Content-Type: application/xml
Date: Sat, 21 Nov 2026 12:00:00 GMT

${document("AccessDenied", "Invalid according to Policy: Policy expired.")}`,
    url,
    form: [...fields(policyUntil("2026-11-21T11:02:00Z")), token, file],
  },
  {
    label: "A hotel's sign-in page",
    error: `GET /v2/devices/me HTTP/1.1
Host: api.frame.io
Accept: application/json

HTTP/1.1 200 OK
Content-Type: text/html

<html><head><title>Welcome to our Wi-Fi</title></head><body><form action="/login">Room number</form></body></html>`,
    url: "",
    form: [],
  },
  {
    label: "Before sending",
    error: "",
    url,
    form: [
      ...fields(policyUntil("2036-01-01T00:00:00Z")),
      token,
      { name: "upload", filename: "keynote.mov", size: 21_136_250 },
    ],
  },
]
