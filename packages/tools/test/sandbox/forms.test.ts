/**
 * The sandbox's responses to broken forms must be explained by what was broken: the server and the rules were written
 * independently of each other.
 */
import { assert, describe, it } from "@effect/vitest"
import * as Diagnosis from "@holdfast/s3/Diagnosis"
import * as Lint from "@holdfast/s3/Lint"
import * as PostPolicy from "@holdfast/s3/PostPolicy"
import * as PresignedPost from "@holdfast/s3/PresignedPost"
import { FaultPlan, Sandbox } from "@holdfast/sandbox"
import { Clock, Effect, Redacted } from "effect"

type Part = readonly [name: string, value: string | File]

/** A broken form, and the code of its cause. */
interface Case {
  readonly what: string
  readonly code: string | undefined
  /** What the signer receives in addition. */
  readonly sign?: (now: number) => Partial<PresignedPost.SignOptions>
  readonly parts?: (fields: ReadonlyArray<Part>) => ReadonlyArray<Part>
  readonly headers?: Readonly<Record<string, string>>
  /** Whether only the server can detect the cause, so that the lint finds nothing. */
  readonly hidden?: true
}

const file: Part = ["file", new File(["moving pictures"], "clip.mov", { type: "video/quicktime" })]
const without = (fields: ReadonlyArray<Part>, name: string) => fields.filter(([one]) => one !== name)
const late = (fields: ReadonlyArray<Part>, name: string) => [
  ...without(fields, name),
  file,
  ...fields.filter(([one]) => one === name),
]
const put = (fields: ReadonlyArray<Part>, name: string, value: string) => [
  ...fields.map((part): Part => (part[0] === name ? [name, value] : part)),
  file,
]

const names = [
  "key",
  "x-amz-algorithm",
  "x-amz-credential",
  "x-amz-date",
  "x-amz-security-token",
  "policy",
  "x-amz-signature",
]
const missing = (name: string) =>
  name === "x-amz-security-token" ? "HF-S3-POST-021" : name === "policy" ? "HF-S3-POST-012" : "HF-S3-POST-013"

const cases: ReadonlyArray<Case> = [
  { what: "a valid form", code: undefined },
  ...names.map((name): Case => ({
    what: `${name} after the file`,
    code: "HF-S3-POST-011",
    parts: (fields) => late(fields, name),
  })),
  ...names.map((name): Case => ({
    what: `no ${name}`,
    code: missing(name),
    parts: (fields) => [...without(fields, name), file],
  })),
  {
    what: "another token",
    code: "HF-S3-POST-023",
    parts: (fields) => put(fields, "x-amz-security-token", "another+token+than+was+signed"),
  },
  { what: "another key", code: "HF-S3-POST-033", parts: (fields) => put(fields, "key", "Talks/clip.mov") },
  {
    what: "a field that was not signed",
    code: "HF-S3-POST-034",
    parts: (fields) => [["submit", "Send"], ...fields, file],
  },
  { what: "no file", code: "HF-S3-POST-016", parts: (fields) => fields },
  { what: "a file with another name", code: "HF-S3-POST-015", parts: (fields) => [...fields, ["upload", file[1]]] },
  { what: "two files", code: "HF-S3-POST-017", parts: (fields) => [...fields, file, file] },
  {
    what: "the application's own token in a header",
    code: "HF-S3-POST-050",
    headers: { authorization: "Bearer of-the-app" },
  },
  { what: "a type set by hand", code: "HF-S3-POST-002", headers: { "content-type": "multipart/form-data" } },
  {
    what: "a file that is too large",
    code: "HF-S3-POST-035",
    sign: () => ({ conditions: [PostPolicy.contentLengthRange(1, 4)] }),
  },
  {
    what: "a file that is too small",
    code: "HF-S3-POST-035",
    sign: () => ({ conditions: [PostPolicy.contentLengthRange(100, 400)] }),
  },
  { what: "a policy that has expired", code: "HF-S3-POST-032", sign: (now) => ({ at: now - 7_200_000 }) },
  { what: "another region", code: "HF-S3-PLACE-001", sign: () => ({ region: "eu-west-1" }), hidden: true },
  {
    what: "an unknown key",
    code: "HF-S3-POST-026",
    sign: () => ({ credentials: { accessKeyId: "AKIAEXAMPLEUNKNOWN00", secretAccessKey: "unknown" } }),
    hidden: true,
  },
]

/** Signs, breaks, lints and sends a form. Returns the codes of the lint's findings, and the explanation. */
const run = Effect.fnUntraced(function* ({ headers = {}, parts, sign }: Case) {
  const { bucket, url: endpoint } = yield* Sandbox
  const at = yield* Clock.currentTimeMillis
  const signed = yield* PresignedPost.sign({
    bucket: bucket.name,
    region: bucket.region,
    credentials: bucket.credentials,
    endpoint,
    key: "talks/clip.mov",
    ...sign?.(at),
  })
  const { fields, url } = PresignedPost.reveal(signed)
  const sent = (parts ?? ((all) => [...all, file]))(Object.entries(fields))
  const body = new FormData()
  for (const [name, value] of sent) body.append(name, value)
  const request = {
    method: "POST",
    url,
    headers,
    form: sent.map(([name, value]) =>
      typeof value === "string" ? { name, value } : { name, filename: value.name, size: value.size, type: value.type },
    ),
  }
  const answer = yield* Effect.promise(() => fetch(url, { method: "POST", body, headers }))
  const response = {
    status: answer.status,
    headers: Object.fromEntries(answer.headers),
    body: yield* Effect.promise(() => answer.text()),
  }
  return {
    lint: Lint.check(request, { at }).map(({ code }) => code),
    explanation: Diagnosis.explain({ request, response, at }),
    secrets: [bucket.credentials.secretAccessKey, bucket.credentials.sessionToken].map(Redacted.value),
  }
})

describe("forms", () => {
  it.live.each(cases)("finds the cause before and after sending: $what", (one) =>
    Effect.gen(function* () {
      const { explanation, lint, secrets } = yield* run(one)
      assert.strictEqual(explanation.code, one.code, `${explanation.vendor.code}: ${explanation.detail}`)
      assert.strictEqual(explanation.outcome, one.code === undefined ? "succeeded" : "explained")
      if (one.hidden === true || one.code === undefined) assert.deepStrictEqual(lint, [])
      else assert.include(lint, one.code)
      for (const secret of secrets) assert.notInclude(JSON.stringify(explanation), secret)
    }).pipe(Effect.provide(Sandbox.layer({ plan: FaultPlan.named.calm, seed: 1 }))),
  )
})
