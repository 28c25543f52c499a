import { assert, describe, it } from "@effect/vitest"
import { readFileSync } from "node:fs"
import { importsOf } from "../../diagnosis/test/support/imports.ts"

const resolve = (name: string, from: URL): URL | undefined => {
  if (name.startsWith(".")) return new URL(name, from)
  const [, workspace, module] = /^@holdfast\/(\w+)(?:\/(.+))?$/.exec(name) ?? []
  if (workspace === undefined) return undefined
  const manifest = new URL(`../../${workspace}/package.json`, import.meta.url)
  const { exports } = JSON.parse(readFileSync(manifest, "utf8")) as {
    readonly exports: Readonly<Record<string, { readonly "@holdfast/source": string }>>
  }
  const named = exports[module === undefined ? "." : `./${module}`]?.["@holdfast/source"]
  return new URL(named ?? exports["./*"]?.["@holdfast/source"].replace("*", module ?? "") ?? "", manifest)
}

/** Every module that an import loads: our own by address, others by name. */
const closure = (start: URL): { readonly own: ReadonlySet<string>; readonly others: ReadonlySet<string> } => {
  const own = new Set<string>()
  const others = new Set<string>()
  const visit = (address: URL): void => {
    if (own.has(address.href)) return
    own.add(address.href)
    for (const name of importsOf(readFileSync(address, "utf8")).values) {
      const next = resolve(name, address)
      if (next === undefined) others.add(name)
      else visit(next)
    }
  }
  visit(start)
  return { own, others }
}

describe("Explain", () => {
  const { others, own } = closure(new URL("../src/Explain.ts", import.meta.url))

  it("loads the rule sets of all systems when Explain is imported", () => {
    for (const name of ["http", "oauth", "s3", "c2c"])
      assert.isTrue(
        [...own].some((address) => address.endsWith(`/${name}/src/Diagnosis.ts`)),
        name,
      )
  })

  it("loads only a few listed external modules when Explain is imported, so that it starts quickly and runs in a browser", () => {
    const plain = ["effect/Duration", "effect/Redacted", "fast-xml-parser", "fflate/browser"]
    assert.deepEqual(
      [...others].filter((name) => !plain.includes(name)),
      [],
    )
  })

  it("the import test detects modules that load Effect", () => {
    const client = closure(new URL("../../c2c/src/C2cClient.ts", import.meta.url))
    assert.isTrue(client.others.has("effect/Effect"))
  })
})
