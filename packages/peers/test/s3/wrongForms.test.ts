import { assert, describe, layer } from "@effect/vitest"
import type { S3Error } from "@holdfast/s3"
import { Effect } from "effect"
import * as Boto3 from "../../support/s3/Boto3.ts"
import * as Bucket from "../../support/s3/Bucket.ts"
import * as ByHand from "../../support/requests/byHand.ts"
import { assertDiagnosed } from "../../support/requests/diagnosed.ts"
import { assertHidden } from "../../support/requests/hidden.ts"
import { title } from "../../support/processes/Peer.ts"
import { missing } from "../../support/s3/Radosgw.ts"
import { bytes } from "../../support/requests/samples.ts"
import { boto3, sdk, type Sign, type Terms } from "../../support/s3/signers.ts"

type Fields = ReadonlyArray<readonly [name: string, value: string]>

/** A function with which a program fills a form. */
type Fill = (fields: Fields, file: Blob) => ByHand.Entries

/** The correct order, with the file last. */
const right: Fill = (fields, file) => [...fields, ["file", file]]

/** Whether a field has this name, in any letter case of its signer. */
const called = (name: string, [field]: Fields[number]): boolean => field.toLowerCase() === name

/** Correct except for one field, which comes after the file. */
const late =
  (name: string): Fill =>
  (fields, file) => [...lacking(name)(fields, file), ...fields.filter((field) => called(name, field))]

/** Correct except for one missing field. */
const lacking =
  (name: string): Fill =>
  (fields, file) =>
    right(
      fields.filter((field) => !called(name, field)),
      file,
    )

/** Correct except for the value of one field. */
const altered =
  (name: string, value: string): Fill =>
  (fields, file) =>
    right(
      fields.map((field) => (called(name, field) ? [field[0], value] : field)),
      file,
    )

const firstOfAll: Fill = (fields, file) => [["file", file], ...fields]

const more: Fill = (fields, file) => right([...fields, ["Content-Type", "video/mp4"]], file)

interface Wrong {
  readonly what: string
  /** The error tag from the server. */
  readonly tag: S3Error["_tag"]
  /** The code of the cause. */
  readonly code: string
  /** Whether the lint detects it before sending. Default: true. */
  readonly seen?: false
  readonly fill: Fill
  /** The signer. Default: the AWS SDK; signature version 2 needs boto3. */
  readonly sign?: Sign
  readonly terms?: Terms
  readonly sending?: ByHand.Sending
}

const v4 = boto3("s3v4")
const v2 = boto3("s3")

const boundless = { headers: { "content-type": "multipart/form-data" } }
const json = { headers: { "content-type": "application/json" }, body: "{}" }

/** Forms of programs that do not know the rules, all with session credentials. */
const wrong: ReadonlyArray<Wrong> = [
  { what: "the file comes first", tag: "InvalidArgument", code: "HF-S3-POST-011", fill: firstOfAll },
  {
    what: "the token comes after the file",
    tag: "AccessDenied",
    code: "HF-S3-POST-011",
    fill: late("x-amz-security-token"),
  },
  {
    what: "the token comes after the file (boto3, v4)",
    tag: "AccessDenied",
    code: "HF-S3-POST-011",
    fill: late("x-amz-security-token"),
    sign: v4,
  },
  {
    what: "the token comes after the file (boto3, v2)",
    tag: "AccessDenied",
    code: "HF-S3-POST-011",
    fill: late("x-amz-security-token"),
    sign: v2,
  },
  { what: "the token is missing", tag: "AccessDenied", code: "HF-S3-POST-021", fill: lacking("x-amz-security-token") },
  {
    what: "the token is missing (boto3, v2)",
    tag: "AccessDenied",
    code: "HF-S3-POST-021",
    fill: lacking("x-amz-security-token"),
    sign: v2,
  },
  { what: "the key comes after the file", tag: "InvalidArgument", code: "HF-S3-POST-011", fill: late("key") },
  { what: "the key is missing", tag: "InvalidArgument", code: "HF-S3-POST-013", fill: lacking("key") },
  {
    what: "the signature comes after the file",
    tag: "InvalidArgument",
    code: "HF-S3-POST-011",
    fill: late("x-amz-signature"),
  },
  {
    what: "the signature comes after the file (v2)",
    tag: "InvalidArgument",
    code: "HF-S3-POST-011",
    fill: late("signature"),
    sign: v2,
  },
  {
    what: "the access key comes after the file (v2)",
    tag: "InvalidArgument",
    code: "HF-S3-POST-011",
    fill: late("awsaccesskeyid"),
    sign: v2,
  },
  {
    what: "the credential comes after the file",
    tag: "InvalidArgument",
    code: "HF-S3-POST-011",
    fill: late("x-amz-credential"),
  },
  { what: "the policy comes after the file", tag: "AccessDenied", code: "HF-S3-POST-011", fill: late("policy") },
  { what: "the policy is missing", tag: "AccessDenied", code: "HF-S3-POST-012", fill: lacking("policy") },
  {
    what: "the signature was altered",
    tag: "AccessDenied",
    code: "HF-S3-POST-051",
    seen: false,
    fill: altered("x-amz-signature", "0".repeat(64)),
  },
  {
    what: "the key differs from the signed key",
    tag: "AccessDenied",
    code: "HF-S3-POST-033",
    fill: altered("key", "elsewhere"),
  },
  { what: "the form has a field that was not signed", tag: "AccessDenied", code: "HF-S3-POST-034", fill: more },
  {
    what: "the policy has expired",
    tag: "AccessDenied",
    code: "HF-S3-POST-032",
    fill: right,
    terms: { expiresIn: -60 },
  },
  {
    what: "the file is too large",
    tag: "EntityTooLarge",
    code: "HF-S3-POST-035",
    fill: right,
    terms: { range: [1, 1999] },
  },
  {
    what: "the file is too small",
    tag: "EntityTooSmall",
    code: "HF-S3-POST-035",
    fill: right,
    terms: { range: [2001, 3000] },
  },
  {
    what: "the content type has no boundary",
    tag: "InvalidArgument",
    code: "HF-S3-POST-002",
    fill: right,
    sending: boundless,
  },
  { what: "the body is JSON", tag: "InvalidArgument", code: "HF-S3-POST-001", seen: false, fill: right, sending: json },
]

describe.skipIf(missing !== undefined)(title("an invalid form, sent to Ceph", missing), () => {
  layer(Bucket.layer, { timeout: "2 minutes", excludeTestServices: true })((it) => {
    for (const { code, fill, seen = true, sending, sign = sdk, tag, terms, what } of wrong) {
      const absent = sign === sdk ? undefined : Boto3.missing
      it.effect.skipIf(absent !== undefined)(`reports ${tag} and explains ${code} if ${title(what, absent)}`, () =>
        Effect.gen(function* () {
          const order = yield* Bucket.order("session", what)
          const { fields, url } = yield* Effect.promise(async () => sign(order, terms))
          const entries = fill(Object.entries(fields), new Blob([bytes(2000)]))
          const exchange = yield* Effect.promise(() => ByHand.post(url, entries, sending))
          const { explanation, found } = assertDiagnosed(exchange, { code, seen, tag })
          const { accessKeyId, secretAccessKey, sessionToken } = order.credentials
          assertHidden([accessKeyId, secretAccessKey, sessionToken, fields["signature"]], explanation, found)
          assert.isUndefined(yield* Bucket.stored(order.key))
        }),
      )
    }
  })
})
