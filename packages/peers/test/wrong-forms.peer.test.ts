import { assert, describe, layer } from "@effect/vitest"
import { S3Error } from "@holdfast/s3"
import { Effect } from "effect"
import * as Boto3 from "../support/Boto3.ts"
import * as Bucket from "../support/Bucket.ts"
import * as Forms from "../support/forms.ts"
import { title } from "../support/Peer.ts"
import { missing } from "../support/Radosgw.ts"
import { bytes } from "../support/samples.ts"
import { boto3, sdk, type Sign, type Terms } from "../support/signers.ts"

type Fields = ReadonlyArray<readonly [name: string, value: string]>

/** How a program fills a form. */
type Fill = (fields: Fields, file: Blob) => Forms.Entries

/** As it should be: the file last. */
const right: Fill = (fields, file) => [...fields, ["file", file]]

/** Whether a field has this name, in whatever case its signer writes it. */
const called = (name: string, [field]: Fields[number]): boolean => field.toLowerCase() === name

/** Right but for one field, which comes after the file. */
const late =
  (name: string): Fill =>
  (fields, file) => [...lacking(name)(fields, file), ...fields.filter((field) => called(name, field))]

/** Right but for one field, which is not there. */
const lacking =
  (name: string): Fill =>
  (fields, file) =>
    right(
      fields.filter((field) => !called(name, field)),
      file,
    )

/** Right but for the value of one field. */
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
  /** What the server calls it. */
  readonly tag: S3Error["_tag"]
  readonly fill: Fill
  /** The signer where it is not the AWS SDK: version 2 of the signature is boto3's. */
  readonly sign?: Sign
  readonly terms?: Terms
  readonly sending?: Forms.Sending
}

const v4 = boto3("s3v4")
const v2 = boto3("s3")

const boundless = { headers: { "content-type": "multipart/form-data" } }
const json = { headers: { "content-type": "application/json" }, body: "{}" }

/** Forms as programs send them that do not know the rules, all with session credentials. */
const wrong: ReadonlyArray<Wrong> = [
  { what: "the file comes first", tag: "InvalidArgument", fill: firstOfAll },
  { what: "the token comes after the file", tag: "AccessDenied", fill: late("x-amz-security-token") },
  {
    what: "the token comes after the file (boto3, v4)",
    tag: "AccessDenied",
    fill: late("x-amz-security-token"),
    sign: v4,
  },
  {
    what: "the token comes after the file (boto3, v2)",
    tag: "AccessDenied",
    fill: late("x-amz-security-token"),
    sign: v2,
  },
  { what: "the token is missing", tag: "AccessDenied", fill: lacking("x-amz-security-token") },
  { what: "the token is missing (boto3, v2)", tag: "AccessDenied", fill: lacking("x-amz-security-token"), sign: v2 },
  { what: "the key comes after the file", tag: "InvalidArgument", fill: late("key") },
  { what: "the key is missing", tag: "InvalidArgument", fill: lacking("key") },
  { what: "the signature comes after the file", tag: "InvalidArgument", fill: late("x-amz-signature") },
  { what: "the signature comes after the file (v2)", tag: "InvalidArgument", fill: late("signature"), sign: v2 },
  { what: "the access key comes after the file (v2)", tag: "InvalidArgument", fill: late("awsaccesskeyid"), sign: v2 },
  { what: "the credential comes after the file", tag: "InvalidArgument", fill: late("x-amz-credential") },
  { what: "the policy comes after the file", tag: "AccessDenied", fill: late("policy") },
  { what: "the policy is missing", tag: "AccessDenied", fill: lacking("policy") },
  { what: "the signature was altered", tag: "AccessDenied", fill: altered("x-amz-signature", "0".repeat(64)) },
  { what: "the key is not the one that was signed", tag: "AccessDenied", fill: altered("key", "elsewhere") },
  { what: "a field is there that was not signed", tag: "AccessDenied", fill: more },
  { what: "the policy has expired", tag: "AccessDenied", fill: right, terms: { expiresIn: -60 } },
  { what: "the file is too large", tag: "EntityTooLarge", fill: right, terms: { range: [1, 1999] } },
  { what: "the file is too small", tag: "EntityTooSmall", fill: right, terms: { range: [2001, 3000] } },
  { what: "the content type has no boundary", tag: "InvalidArgument", fill: right, sending: boundless },
  { what: "the body is JSON", tag: "InvalidArgument", fill: right, sending: json },
]

describe.skipIf(missing !== undefined)(title("a form that is wrong, at Ceph", missing), () => {
  layer(Bucket.layer, { timeout: "2 minutes", excludeTestServices: true })((it) => {
    for (const { fill, sending, sign = sdk, tag, terms, what } of wrong) {
      const absent = sign === sdk ? undefined : Boto3.missing
      it.effect.skipIf(absent !== undefined)(`${title(what, absent)}: refused as ${tag}`, () =>
        Effect.gen(function* () {
          const order = yield* Bucket.order("session", what)
          const { fields, url } = yield* Effect.promise(async () => sign(order, terms))
          const entries = fill(Object.entries(fields), new Blob([bytes(2000)]))
          const { response } = yield* Effect.promise(() => Forms.send(url, entries, sending))
          assert.strictEqual(S3Error.fromResponse(response)._tag, tag)
          assert.isUndefined(yield* Bucket.stored(order.key))
        }),
      )
    }
  })
})
