import { afterAll, assert, describe, it, layer } from "@effect/vitest"
import * as Explain from "@holdfast/explain/Explain"
import { Effect } from "effect"
import * as OidcProvider from "../../support/oidc/OidcProvider.ts"
import { title } from "../../support/processes/Peer.ts"
import * as Cameras from "../../support/repair/cameras.ts"
import * as Network from "../../support/repair/network.ts"
import { type Case, type Proof, prove, table } from "../../support/repair/proof.ts"
import * as SignIn from "../../support/repair/signIn.ts"
import * as Storage from "../../support/repair/storage.ts"
import * as Vendors from "../../support/repair/vendors.ts"
import * as Bucket from "../../support/s3/Bucket.ts"
import { missing } from "../../support/s3/Radosgw.ts"

const safe = Explain.causes.filter(({ fix }) => fix.some(({ safety }) => safety === "safe to apply"))

/** The share of codes that must be proven: nine in ten. */
const share = 0.9

const proofs: Array<Proof> = []

const proveAll = (cases: ReadonlyArray<Case>) =>
  Effect.gen(function* () {
    for (const one of cases) proofs.push(yield* Effect.promise(() => prove(one)))
    const given = new Set(cases.map(({ code }) => code))
    assert.isTrue(proofs.some(({ code, outcome }) => given.has(code) && outcome === "proven"))
  })

describe("a rejected request with a fix that is safe to apply", () => {
  describe.skipIf(missing !== undefined)(title("a request to Ceph", missing), () => {
    layer(Bucket.layer, { timeout: "2 minutes", excludeTestServices: true })((it) => {
      it.effect(
        "Ceph accepts a repaired form, a repaired presigned URL, and a repaired request with signed headers",
        () =>
          Effect.gen(function* () {
            const run = Effect.runPromiseWith(yield* Effect.context<Effect.Services<ReturnType<typeof Bucket.order>>>())
            const orders: Storage.Orders = {
              long: (key) => run(Bucket.order("long", key)),
              session: (key) => run(Bucket.order("session", key)),
            }
            yield* proveAll(yield* Effect.promise(() => Storage.cases(orders)))
          }),
        120_000,
      )
    })
  })

  it.live(
    "oidc-provider accepts a request that it rejected before the repair",
    () =>
      Effect.gen(function* () {
        const provider = yield* OidcProvider.start()
        const slow = yield* OidcProvider.start({ slowDownAt: 1 })
        yield* proveAll(SignIn.cases(provider, slow))
      }).pipe(Effect.scoped),
    120_000,
  )

  it.live("the sandbox accepts a request that it rejected before the repair", () => proveAll(Cameras.cases), 120_000)

  it.live(
    "simulated servers of other vendors accept a request that they rejected before the repair",
    () => proveAll(Vendors.cases),
    120_000,
  )

  it.live(
    "simulated servers behind a failing network accept a repaired request",
    () => proveAll(Network.cases),
    120_000,
  )

  it("proves the fixes for at least 90 % of the codes, and does not make any request worse", () => {
    const proven = new Set(proofs.flatMap(({ code, outcome }) => (outcome === "proven" ? [code] : [])))
    const known = safe.filter(({ code }) => proven.has(code))
    const left = safe.filter(({ code }) => !proven.has(code))
    assert.deepStrictEqual(
      proofs.filter(({ outcome }) => outcome === "worse"),
      [],
    )
    // Without Ceph its codes are omitted.
    if (missing === undefined) {
      assert.isAtLeast(known.length / safe.length, share, `unproven: ${left.map(({ code }) => code).join(", ")}`)
    }
  })

  afterAll(() => {
    const proven = new Set(proofs.flatMap(({ code, outcome }) => (outcome === "proven" ? [code] : [])))
    const left = safe.filter(({ code }) => !proven.has(code)).map(({ code }) => code)
    const sum = `${safe.length - left.length} of ${safe.length} codes with a safe fix are proven`
    process.stdout.write(`${table(proofs)}\n\n${sum}${left.length === 0 ? "" : `; not: ${left.join(", ")}`}\n`)
  })
})
