import { assert, describe, it } from "@effect/vitest"
import { published } from "../../docs/agents.ts"
import { read } from "../../docs/pages.ts"
import { order, problem, type Release } from "../../release/order.ts"

const manifests = published.map(({ folder }) => JSON.parse(read(`packages/${folder}/package.json`)) as Release)
const { version } = manifests[0] ?? { version: "" }

describe("a release", () => {
  it("publishes each package after the packages that it depends on", () => {
    assert.deepStrictEqual(
      order(manifests).map(({ name }) => name),
      [
        "@holdfast/core",
        "@holdfast/diagnosis",
        "@holdfast/http",
        "@holdfast/oauth",
        "@holdfast/s3",
        "@holdfast/c2c",
        "@holdfast/durable",
        "@holdfast/explain",
        "@holdfast/sandbox",
        "holdfast",
      ],
    )
  })

  it("rejects tarballs without an address, tarballs with different versions, and a commit without its tag", () => {
    assert.isUndefined(problem(manifests, ["other", `v${version}`]))
    assert.match(String(problem(manifests, [])), /^the commit has no tag v/)
    assert.match(String(problem([], [])), /no tarballs/)
    assert.match(
      String(
        problem(
          manifests.map((one) => ({ ...one, private: true })),
          [`v${version}`],
        ),
      ),
      /reserved address/,
    )
    assert.match(
      String(problem([...manifests, { name: "other", version: "9.9.9" }], [`v${version}`])),
      /different versions/,
    )
  })

  it("uses the same version in the manifests and in the requests that the programs send", () => {
    assert.deepStrictEqual([...new Set(manifests.map((one) => one.version))], [version])
    for (const path of ["packages/c2c/src/internal/api/version.ts", "packages/cli/src/process/Version.ts"]) {
      assert.include(read(path), `export const version = "${version}"`)
    }
  })
})
