import { assert, describe, it } from "@effect/vitest"
import * as Unnamed from "../../consumers/unnamed.ts"

/** The names found in declaration files, of which `index.d.ts` and those in `modules` are public. */
const found = (
  files: Readonly<Record<string, string>>,
  modules: ReadonlyArray<string> = ["index.d.ts"],
): ReadonlyArray<string> =>
  Unnamed.find(
    modules,
    (path) => files[path],
    (specifier, from) => (specifier.startsWith(".") ? Unnamed.relative(specifier, from) : undefined),
  ).map(({ file, name }) => `${file}#${name}`)

describe("the types without a public name", () => {
  it("finds types that a signature of a public module mentions but no public module exports", () => {
    const internal = "export interface Hidden { readonly deeper: Deeper }\ninterface Deeper {}\nexport {}"
    const files = {
      "index.d.ts": 'import type { Hidden } from "./internal.ts"\nexport declare const make: () => Hidden',
      "internal.d.ts": internal,
    }
    assert.deepStrictEqual(found(files), ["internal.d.ts#Hidden", "internal.d.ts#Deeper"])
  })

  it("excludes a type that is exported under another name, from another module or in a namespace", () => {
    const files = {
      "index.d.ts": 'export type { Hidden as Shown } from "./internal.ts"\nexport * as Other from "./other.ts"',
      "other.d.ts":
        'import type { Hidden } from "./internal.ts"\nexport interface Own {}\nexport declare const a: Hidden | Own',
      "internal.d.ts": "export interface Hidden {}",
    }
    assert.deepStrictEqual(found(files), [])
  })

  it("includes an interface that is public only through an alias", () => {
    const files = {
      "index.d.ts": 'import type * as Internal from "./internal.ts"\nexport type Shown = Internal.Hidden',
      "internal.d.ts": "export interface Hidden {}",
    }
    assert.deepStrictEqual(found(files), ["internal.d.ts#Hidden"])
  })

  it("includes types that the compiler writes as import types", () => {
    const files = {
      "index.d.ts": 'export declare const step: import("./internal.ts").Step',
      "internal.d.ts": "export type Step = () => void",
    }
    assert.deepStrictEqual(found(files), ["internal.d.ts#Step"])
  })

  it("excludes types that only a private member mentions, and the base class that the compiler generates for a class", () => {
    const files = {
      "index.d.ts": [
        "declare const Shown_base: new () => object",
        "export declare class Shown extends Shown_base { private readonly hidden; readonly shown: string }",
        "interface Unused {}",
        "export {}",
      ].join("\n"),
    }
    assert.deepStrictEqual(found(files), [])
  })
})
