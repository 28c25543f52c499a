import { NodeHttpClient, NodeRuntime } from "@effect/platform-node"
import * as Diagnosis from "@holdfast/s3/Diagnosis"
import * as Lint from "@holdfast/s3/Lint"
import * as PresignedPost from "@holdfast/s3/PresignedPost"
import { FaultPlan, Sandbox } from "@holdfast/sandbox"
import { Clock, Console, Effect } from "effect"
import { openAsBlob } from "node:fs"

/** The fields that the documentation had listed. The token was not among them. */
const documented = ["key", "x-amz-algorithm", "x-amz-credential", "x-amz-date", "policy", "x-amz-signature"]

/** A browser's form as an exchange holds it: the parts in their order, and of the file only what is known about it. */
const partsOf = (form: FormData): NonNullable<Lint.Request["form"]> =>
  Array.from(form, ([name, value]) =>
    typeof value === "string" ? { name, value } : { name, filename: value.name, size: value.size, type: value.type },
  )

const program = Effect.gen(function* () {
  const { bucket, url: endpoint } = yield* Sandbox
  const clip = yield* Effect.promise(() => openAsBlob(`${import.meta.dirname}/../samples/clip.mp4`))
  const file = new File([clip], "clip.mp4", { type: "video/mp4" })

  // On the server: a form for one object, signed with the keys of a role, which are temporary and have a token.
  const signed = yield* PresignedPost.sign({
    bucket: bucket.name,
    region: bucket.region,
    credentials: bucket.credentials,
    endpoint,
    key: "talks/keynote.mp4",
  })
  const { fields, url } = PresignedPost.reveal(signed)

  // In the page: what is documented, then the file, then the token, which was only found out about later.
  const form = new FormData()
  for (const name of documented) form.append(name, fields[name] ?? "")
  form.append("file", file)
  form.append("x-amz-security-token", fields["x-amz-security-token"] ?? "")
  const request = { method: "POST", url, form: partsOf(form) }

  yield* Console.log("Before a byte is sent:")
  for (const { code, detail, title } of Lint.check(request, { at: yield* Clock.currentTimeMillis })) {
    yield* Console.log(`  ${code}  ${title}\n  ${detail}`)
  }

  const answer = yield* Effect.promise(() => fetch(url, { method: "POST", body: form }))
  const explanation = Diagnosis.explain({
    request,
    response: {
      status: answer.status,
      headers: Object.fromEntries(answer.headers),
      body: yield* Effect.promise(() => answer.text()),
    },
    at: yield* Clock.currentTimeMillis,
  })

  yield* Console.log(`\nSent nevertheless, S3 says:\n  ${explanation.vendor.status} ${explanation.vendor.code}`)
  yield* Console.log(`  ${explanation.vendor.message}`)
  yield* Console.log(`\nThe true cause, ${explanation.confidence}:\n  ${explanation.code}  ${explanation.title}`)
  for (const { at, expected, name, observed } of explanation.evidence) {
    const place = Number(/\d+/.exec(at)) + 1
    yield* Console.log(`  ${place}  ${name.padEnd(22)}${observed.padEnd(24)}must stand ${expected}`)
  }
  const checks = explanation.ruledOut.map(({ check }) => check)
  for (let n = 0; n < checks.length; n += 4) {
    yield* Console.log(`  ${n === 0 ? "ruled out:" : "          "} ${checks.slice(n, n + 4).join(", ")}`)
  }
  for (const { safety, text } of explanation.fix) yield* Console.log(`  fix: ${text} (${safety})`)
  yield* Console.log(`  again: ${explanation.retry.advice}`)

  // The fix: every field that came, in the order in which it came, and the file last.
  const receipt = yield* PresignedPost.fromFields(url, fields).upload(file)
  yield* Console.log(`\nIn the right order:\n  ${receipt.status} ${receipt.key}`)
  for (const { bytes, etag, key } of yield* bucket.objects) {
    yield* Console.log(`  stored ${key}, ${bytes} bytes, as it was sent: ${etag === receipt.etag}`)
  }
})

export const main = program.pipe(
  Effect.provide([NodeHttpClient.layerUndici, Sandbox.layer({ plan: FaultPlan.named.calm, seed: 1 })]),
)

if (import.meta.main) NodeRuntime.runMain(main)
