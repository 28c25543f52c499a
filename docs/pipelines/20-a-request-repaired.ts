import { NodeRuntime } from "@effect/platform-node"
import * as Diagnosis from "@holdfast/s3/Diagnosis"
import * as PresignedPost from "@holdfast/s3/PresignedPost"
import { FaultPlan, Sandbox } from "@holdfast/sandbox"
import { Clock, Console, Effect } from "effect"

type Request = NonNullable<Diagnosis.Exchange["request"]>
type Form = NonNullable<Request["form"]>

const clip = new File([new Uint8Array(1000)], "clip.mp4", { type: "video/mp4" })
const file = { name: "file", filename: clip.name, size: clip.size, type: clip.type }

/** Sends a form as it is, and keeps the exchange. */
const send = Effect.fnUntraced(function* (request: Request) {
  const body = new FormData()
  for (const part of request.form ?? []) body.append(part.name, "value" in part ? part.value : clip)
  const answer = yield* Effect.promise(() => fetch(request.url ?? "", { method: "POST", body }))
  const headers = Object.fromEntries(answer.headers)
  const response = { status: answer.status, headers, body: yield* Effect.promise(() => answer.text()) }
  return { request, response, at: yield* Clock.currentTimeMillis } satisfies Diagnosis.Exchange
})

const program = Effect.gen(function* () {
  const { bucket, url: endpoint } = yield* Sandbox
  const sign = Effect.fnUntraced(function* (at: number) {
    const { credentials, name, region } = bucket
    const post = yield* PresignedPost.sign({
      bucket: name,
      region,
      credentials,
      endpoint,
      key: "talks/keynote.mp4",
      at,
      expiresIn: 60,
    })
    const { fields, url } = PresignedPost.reveal(post)
    return { url, fields: Object.entries(fields).map(([name, value]) => ({ name, value })) }
  })

  // A form that was signed an hour ago, and whose token comes after the file: two faults.
  const { fields, url } = yield* sign((yield* Clock.currentTimeMillis) - 3_600_000)
  const isToken = ({ name }: Form[number]) => name === "x-amz-security-token"
  const form = [...fields.filter((part) => !isToken(part)), file, ...fields.filter(isToken)]
  let exchange = yield* send({ method: "POST", url, form })

  for (let attempt = 1; attempt < 4; attempt++) {
    const { code, title, vendor } = Diagnosis.explain(exchange)
    yield* Console.log(`${attempt}  ${vendor.status} ${vendor.code}`.trimEnd())
    const repair = Diagnosis.repair(exchange)
    if (repair === undefined) break
    yield* Console.log(`   ${code}  ${title}\n   fix: ${repair.fix}`)
    for (const { after, before, name } of repair.changes.slice(0, 1)) {
      yield* Console.log(`   ${name}:\n     ${before ?? "not there"}\n     ${after ?? "left out"}`)
    }
    // The old proof of the sender was taken away: only the program can make a new one.
    const isUnsigned = repair.needs === "signature"
    if (isUnsigned) yield* Console.log("   it has to be signed")
    const { fields: proof } = yield* sign(yield* Clock.currentTimeMillis)
    exchange = yield* send(isUnsigned ? { ...repair.request, form: [...proof, file] } : repair.request)
  }
})

export const main = program.pipe(Effect.provide(Sandbox.layer({ plan: FaultPlan.named.calm, seed: 1 })))

if (import.meta.main) NodeRuntime.runMain(main)
