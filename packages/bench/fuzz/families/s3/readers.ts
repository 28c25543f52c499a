/**
 * The readers of requests to S3 and of its responses: XML, policies, signed URLs, forms.
 */
import type { Exchange } from "@holdfast/diagnosis/Exchange"
import * as Diagnosis from "@holdfast/s3/Diagnosis"
import * as Lint from "@holdfast/s3/Lint"
import * as PostPolicy from "@holdfast/s3/PostPolicy"
import * as PresignedPost from "@holdfast/s3/PresignedPost"
import { PresignedPostSchema } from "@holdfast/s3/PresignedPostSchema"
import * as PresignedUrl from "@holdfast/s3/PresignedUrl"
import { S3Error } from "@holdfast/s3/S3Error"
import * as StorageMarks from "@holdfast/s3/StorageMarks"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as Completion from "../../../../s3/src/internal/diagnosis/completion.ts"
import * as PostResponse from "../../../../s3/src/internal/form/response.ts"
import * as G from "../../grammar.ts"
import type { Reader } from "../../Reader.ts"
import { answer, element, parameter, policy, policyFrames, policyText, url, xmlFrames } from "./grammars.ts"

const refused = (body: string): Exchange => ({ response: { status: 403, headers: {}, body } })
const form = (name: string, value: string): Exchange => ({
  request: {
    method: "POST",
    url: "https://b.s3.amazonaws.com/",
    form: [
      { name: "key", value: "a" },
      { name, value },
      {
        name: "policy",
        value: PostPolicy.toBase64(`{"expiration":"2026-11-29T00:00:00Z","conditions":[["eq","$${name}","a"]]}`),
      },
      { name: "file", filename: value, size: 3 },
    ],
  },
  response: {
    status: 403,
    body: "<Error><Code>AccessDenied</Code><Message>Invalid according to Policy</Message></Error>",
  },
})

/** The readers. */
export const readers: ReadonlyArray<Reader> = [
  {
    name: "s3/S3Error.fromResponse",
    read: (body) => S3Error.fromResponse({ status: 403, headers: {}, body }),
    grammar: answer,
    frames: xmlFrames,
  },
  {
    name: "s3/S3Error.fromExchange",
    read: (body) =>
      S3Error.fromExchange(
        {
          url: "https://b.s3.amazonaws.com/k?X-Amz-Signature=0123456789abcdef",
          headers: { authorization: body.slice(0, 4096) },
        },
        { status: 403, headers: { "x-amz-request-id": body }, body },
      ),
    grammar: answer,
    frames: xmlFrames,
  },
  { name: "s3/S3Error.isErrorBody", read: S3Error.isErrorBody, grammar: answer, frames: xmlFrames },
  {
    name: "s3/Diagnosis.explain, an answer",
    read: (body) => Diagnosis.explain(refused(body)),
    grammar: answer,
    frames: xmlFrames,
  },
  {
    name: "s3/Diagnosis.repair",
    read: (text) => Diagnosis.repair(form("x-amz-security-token", text)),
    grammar: G.value,
  },
  { name: "s3/Diagnosis.saysUnsent", read: Diagnosis.saysUnsent, grammar: G.sentence },
  {
    name: "s3/StorageMarks.vendorsOf",
    read: (text) => StorageMarks.vendorsOf({ server: text, "x-amz-request-id": text }),
    grammar: G.value,
  },
  {
    name: "s3/Diagnosis.explain, an address",
    read: (text) =>
      Diagnosis.explain({
        request: { method: "PUT", url: text, headers: { host: "b.s3.amazonaws.com" } },
        response: { status: 403, body: "<Error><Code>SignatureDoesNotMatch</Code></Error>" },
      }),
    grammar: url,
    frames: [
      ["https://b.s3.amazonaws.com/", ""],
      ["https://b.s3.amazonaws.com/k?X-Amz-Signature=", ""],
      ["https://b.s3.amazonaws.com/k?X-Amz-Credential=", "&X-Amz-Expires=9"],
    ],
  },
  {
    name: "s3/Diagnosis.explain, a field",
    read: (text) => Diagnosis.explain(form("x-amz-meta-a", text)),
    grammar: G.value,
  },
  {
    name: "s3/Diagnosis.explain, a policy",
    read: (text) => Diagnosis.explain(form("policy", text)),
    grammar: policy,
    frames: policyFrames,
  },
  {
    name: "s3/Diagnosis.explain, a policy in base64",
    read: (text) => Diagnosis.explain(form("policy", PostPolicy.toBase64(text))),
    grammar: policyText,
    frames: policyFrames,
  },
  {
    name: "s3/Diagnosis.explain, a header",
    read: (text) =>
      Diagnosis.explain({
        request: {
          method: "PUT",
          url: "https://b.s3.amazonaws.com/k",
          headers: { authorization: text, "content-type": text, "x-amz-date": text },
        },
        response: { status: 403, body: "<Error><Code>SignatureDoesNotMatch</Code></Error>" },
      }),
    grammar: G.one(
      G.value,
      G.seq("AWS4-HMAC-SHA256 Credential=", G.value, ", SignedHeaders=", G.value, ", Signature=", G.word),
    ),
    frames: [
      ["AWS4-HMAC-SHA256 Credential=", ", SignedHeaders=host, Signature=0"],
      ["AWS ", ""],
    ],
  },
  {
    name: "s3/Diagnosis.explain, a list of parts",
    read: (body) =>
      Diagnosis.explain({
        request: { method: "POST", url: "https://b.s3.amazonaws.com/k?uploadId=a", body },
        response: { status: 400, body: "<Error><Code>MalformedXML</Code></Error>" },
      }),
    grammar: G.seq(
      "<CompleteMultipartUpload>",
      G.some(G.seq("<Part><PartNumber>", G.digits, "</PartNumber><ETag>", G.value, "</ETag></Part>"), 5),
      "</CompleteMultipartUpload>",
    ),
    frames: [
      ["<CompleteMultipartUpload>", "</CompleteMultipartUpload>"],
      ["<CompleteMultipartUpload><Part>", "</Part></CompleteMultipartUpload>"],
    ],
  },
  { name: "s3/Diagnosis.ofCode", read: Diagnosis.ofCode, grammar: G.value },
  {
    name: "s3/Lint.check",
    read: (url) => Lint.check({ method: "PUT", url, headers: { "content-type": url } }),
    grammar: url,
    // The lifetime is a defect. Without a defect, only URLs over 8 KiB are redacted, and the costs of the lengths would differ.
    frames: [
      ["https://b.s3.amazonaws.com/k?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Expires=604801&X-Amz-Signature=", ""],
    ],
  },
  {
    name: "s3/Lint.refuse",
    read: (text) =>
      Effect.runSyncExit(
        Lint.refuse({
          method: "POST",
          url: "https://b.s3.amazonaws.com/",
          form: [
            { name: "policy", value: text },
            { name: "key", value: text },
            { name: "file", size: 1 },
          ],
        }),
      ),
    grammar: policy,
  },
  { name: "s3/PostPolicy.decode", read: PostPolicy.decode, grammar: policy, frames: [["eyJ", ""]] },
  {
    name: "s3/PostPolicy.decode, of base64",
    read: (text) => PostPolicy.decode(PostPolicy.toBase64(text)),
    grammar: policyText,
    frames: policyFrames,
  },
  {
    name: "s3/PresignedPost.fromFields",
    read: (text) => PresignedPost.fromFields("https://b.s3.amazonaws.com/", { policy: text, key: text }),
    grammar: policy,
  },
  {
    name: "s3/PresignedPostSchema.PresignedPostSchema",
    read: (text) => Effect.runSyncExit(Schema.decodeUnknownEffect(Schema.fromJsonString(PresignedPostSchema))(text)),
    grammar: G.members({ url: G.string(url), fields: G.json(2, parameter) }),
  },
  {
    name: "s3/PresignedUrl.expiresAt",
    read: PresignedUrl.expiresAt,
    grammar: url,
    frames: [["https://b.s3.amazonaws.com/k?X-Amz-Expires=", ""]],
  },
  {
    name: "s3/PresignedUrl.signedAt",
    read: PresignedUrl.signedAt,
    grammar: url,
    frames: [["https://b.s3.amazonaws.com/k?X-Amz-Date=", ""]],
  },
  {
    name: "s3/StorageMarks.vendorOf",
    read: (text) => StorageMarks.vendorOf({ server: text, etag: text, "x-amz-request-id": text }),
    grammar: G.value,
  },
  { name: "s3/StorageMarks.isStorage", read: (text) => StorageMarks.isStorage({ server: text }), grammar: G.value },
  {
    name: "s3/StorageMarks.isStored",
    read: (text) => StorageMarks.isStored({ status: 200, headers: { etag: text, server: text } }),
    grammar: G.value,
  },
  {
    name: "s3/internal/PostResponse.read",
    read: PostResponse.read,
    grammar: G.seq("<PostResponse>", G.some(element(G.one("Location", "Bucket", "Key", "ETag")), 5), "</PostResponse>"),
    frames: [["<PostResponse>", "</PostResponse>"]],
  },
  { name: "s3/internal/PostResponse.fromLocation", read: PostResponse.fromLocation, grammar: url },
  {
    name: "s3/internal/completion.read",
    read: Completion.read,
    grammar: answer,
    frames: [["<CompleteMultipartUpload>", "</CompleteMultipartUpload>"]],
  },
]
