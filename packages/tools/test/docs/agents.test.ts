import { assert, describe, it } from "@effect/vitest"
import { absent, compile, members, pageOf, programs, published } from "../../docs/agents.ts"
import { packagePages, read } from "../../docs/pages.ts"

/** Loading every module, and compiling, take seconds on a busy machine. */
const slow = { timeout: 120_000 }

/** What a module of a package exports; `undefined` if there is no such module. */
const exportsOf = async (name: string, module: string): Promise<ReadonlyArray<string> | undefined> => {
  const found = published.find((one) => one.name === name)
  if (found?.modules.includes(module) !== true) return undefined
  const loaded = (await import(`${name}/${module}`)) as Readonly<Record<string, unknown>>
  // A module whose service or error has its name is called by it: `TokenStore.layerFile`.
  const own = loaded[module]
  return [...Object.keys(loaded), ...(typeof own === "function" || typeof own === "object" ? keysOf(own) : [])]
}

const keysOf = (value: object | null): ReadonlyArray<string> =>
  value === null ? [] : [...Object.getOwnPropertyNames(value), ...keysOf(Object.getPrototypeOf(value) as object | null)]

/** Whether any published package has such a member. */
const exists = async (module: string, member: string): Promise<boolean> => {
  for (const { modules, name } of published) {
    if (modules.includes(module) && (await exportsOf(name, module))?.includes(member) === true) return true
  }
  return false
}

describe("the AGENTS.md of", () => {
  it.each(published)("$name has 40 to 100 lines", (one) => {
    const lines = read(pageOf(one)).trimEnd().split("\n").length
    assert.isAtLeast(lines, 40)
    assert.isAtMost(lines, 100)
  })

  it.each(published)("$name does not list an existing name as absent", slow, async (one) => {
    const { names } = absent(read(pageOf(one)))
    assert.isAtLeast(names.length, 5)
    for (const name of names) {
      const [module = "", member] = name.split(".")
      const found = member === undefined ? one.modules.includes(module) : await exportsOf(one.name, module)
      assert.isTrue(found === false || found === undefined || (found !== true && !found.includes(member ?? "")), name)
    }
  })

  it.each(published)("$name does not mention a member that does not exist", slow, async (one) => {
    const { before, names } = absent(read(pageOf(one)))
    const ours = new Set(published.flatMap(({ modules }) => modules))
    // Mistakes are in the first column of a table.
    const text = before.replaceAll(/^\| .*? \| /gm, "") + read(pageOf(one)).split("## Names that do not exist")[1]
    for (const [module, member] of members(text)) {
      if (!ours.has(module) || names.includes(`${module}.${member}`)) continue
      assert.isTrue(await exists(module, member), `${module}.${member}`)
    }
  })
})

describe("the programs of the packages' pages", () => {
  it("compile", slow, () => {
    const found = programs([...published.map(pageOf), ...packagePages])
    assert.isAtLeast(found.length, 12)
    compile(found)
  })
})
