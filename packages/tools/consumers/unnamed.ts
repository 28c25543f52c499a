/**
 * Finds the types that public signatures mention but no public module exports. A library that infers such a type cannot name
 * it: its declarations do not compile, or the type becomes `any` where they are used.
 *
 * Reads only declaration files, which are what a user gets.
 */
import { dirname, join } from "node:path"
import { parseAst } from "rolldown/parseAst"

/** A node of the syntax tree, in the shape of ESTree. */
interface Node {
  readonly type: string
  readonly [key: string]: unknown
}

/** What a name in a file refers to: a local declaration, a name of another file, or all names of one (`*`). */
type Binding = { readonly node: Node; readonly exported: boolean } | { readonly file: string; readonly name: string }

interface File {
  readonly locals: ReadonlyMap<string, Binding>
  readonly exports: ReadonlyMap<string, Binding | string>
  /** Files whose names are all re-exported. */
  readonly all: ReadonlyArray<string>
}

/** A declaration and its file. */
interface Declared {
  readonly file: string
  readonly name: string
  readonly node: Node
}

/** A type without a public name, and the public signature that leads to it. */
export interface Unnamed {
  readonly file: string
  readonly name: string
  readonly from: string
}

/** Reads a declaration file; returns `undefined` if there is none. */
export type Read = (path: string) => string | undefined

/** Finds the declaration file of a specifier; returns `undefined` for a module of another package. */
export type Resolve = (specifier: string, from: string) => string | undefined

const isNode = (value: unknown): value is Node =>
  typeof value === "object" && value !== null && typeof (value as Partial<Node>).type === "string"

const nodesOf = (value: unknown): ReadonlyArray<Node> =>
  Array.isArray(value) ? value.filter(isNode) : isNode(value) ? [value] : []

const nameOf = (node: unknown): string => {
  const { name, value } = node as { readonly name?: string; readonly value?: string }
  return name ?? value ?? ""
}

/** Whether a node is a type. An inferred type refers to the type of a value, never to the value itself. */
const isType = (node: Node): boolean =>
  node.type === "Merged"
    ? nodesOf(node["parts"]).some(isType)
    : /^TS|^Class/.test(node.type) && node.type !== "TSDeclareFunction"

/** The names that a statement declares. */
const declaredBy = (statement: Node): ReadonlyArray<readonly [name: string, node: Node]> =>
  statement.type === "VariableDeclaration"
    ? nodesOf(statement["declarations"]).map((node) => [nameOf(node["id"]), node] as const)
    : isNode(statement["id"])
      ? [[nameOf(statement["id"]), statement] as const]
      : []

const parse = (text: string, path: string, resolve: Resolve): File => {
  const locals = new Map<string, Binding>()
  const exports = new Map<string, Binding | string>()
  const all: Array<string> = []
  const declare = (statement: Node, exported: boolean): void => {
    for (const [name, node] of declaredBy(statement)) {
      // An overload, or a type next to a value of the same name: both are read.
      const before = locals.get(name)
      const merged = before !== undefined && "node" in before ? { type: "Merged", parts: [before.node, node] } : node
      locals.set(name, { node: merged, exported })
      if (exported) exports.set(name, name)
    }
  }
  const target = (node: Node): string | undefined => {
    const specifier = nodesOf(node["source"])[0]?.["value"]
    return typeof specifier === "string" ? resolve(specifier, path) : undefined
  }
  for (const node of nodesOf(parseAst(text, { lang: "dts", astType: "ts" }, path).body)) {
    const file = target(node)
    if (node.type === "ImportDeclaration") {
      if (file === undefined) continue
      for (const one of nodesOf(node["specifiers"])) {
        const name = one.type === "ImportNamespaceSpecifier" ? "*" : nameOf(one["imported"])
        locals.set(nameOf(one["local"]), { file, name })
      }
    } else if (node.type === "ExportAllDeclaration") {
      if (file === undefined) continue
      if (isNode(node["exported"])) exports.set(nameOf(node["exported"]), { file, name: "*" })
      else all.push(file)
    } else if (node.type === "ExportNamedDeclaration") {
      if (isNode(node["declaration"])) declare(node["declaration"], true)
      for (const one of nodesOf(node["specifiers"])) {
        const local = nameOf(one["local"])
        if (node["source"] === null) exports.set(nameOf(one["exported"]), local)
        else if (file !== undefined) exports.set(nameOf(one["exported"]), { file, name: local })
      }
    } else {
      declare(node, false)
    }
  }
  return { locals, exports, all }
}

/** The dotted name of a reference, from its first part. */
const path = (node: Node): ReadonlyArray<string> => {
  if (node.type === "TSQualifiedName") return [...path(node["left"] as Node), nameOf(node["right"])]
  if (node.type === "MemberExpression") return [...path(node["object"] as Node), nameOf(node["property"])]
  return node.type === "Identifier" ? [nameOf(node)] : []
}

const isMemberOfValue = ({ objectType }: Node): boolean =>
  isNode(objectType) &&
  (objectType.type === "TSIndexedAccessType" ? isMemberOfValue(objectType) : objectType.type === "TSTypeQuery")

/** Calls `found` for every reference below a node: a dotted name, with the specifier if it is an `import("…")`. */
const references = (node: Node, found: (names: ReadonlyArray<string>, specifier?: string) => void): void => {
  if (node.type === "TSTypeReference") found(path(node["typeName"] as Node))
  if (node.type === "TSTypeQuery" && isNode(node["exprName"])) found(path(node["exprName"]))
  if (node.type === "TSInterfaceHeritage" || node.type === "TSClassImplements") found(path(node["expression"] as Node))
  if (node.type === "ClassDeclaration" && isNode(node["superClass"])) found(path(node["superClass"]))
  if (node.type === "TSImportType") {
    const specifier = nodesOf(node["source"])[0]?.["value"]
    if (typeof specifier === "string") found(isNode(node["qualifier"]) ? path(node["qualifier"]) : ["*"], specifier)
  }
  // The compiler computes the type of a value's member: `(typeof all)[number]["name"]`.
  if (node.type === "TSIndexedAccessType" && isMemberOfValue(node)) return
  const { accessibility } = node as { readonly accessibility?: string }
  if (accessibility === "private") return
  for (const value of Object.values(node)) for (const child of nodesOf(value)) references(child, found)
}

/**
 * Finds every type that a public module refers to and that no public module exports.
 *
 * `modules` are the declaration files of the public modules. The result includes classes that are only extended, and types that
 * only a private type mentions.
 */
export const find = (modules: ReadonlyArray<string>, read: Read, resolve: Resolve): ReadonlyArray<Unnamed> => {
  const files = new Map<string, File | undefined>()
  const fileOf = (at: string): File | undefined => {
    if (!files.has(at)) {
      const text = read(at)
      files.set(at, text === undefined ? undefined : parse(text, at, resolve))
    }
    return files.get(at)
  }
  /** The declarations of a name in a file, seen from inside or outside; all of them for `*`. */
  const lookUp = (at: string, name: string, outside: boolean): ReadonlyArray<Declared> => {
    const file = fileOf(at)
    if (file === undefined) return []
    if (name === "*")
      return [...file.exports.keys()]
        .flatMap((one) => lookUp(at, one, true))
        .concat(file.all.flatMap((one) => lookUp(one, "*", true)))
    const binding = outside ? file.exports.get(name) : file.locals.get(name)
    if (binding === undefined) return outside ? file.all.flatMap((one) => lookUp(one, name, true)) : []
    if (typeof binding === "string") return lookUp(at, binding, false)
    if ("node" in binding) return [{ file: at, name, node: binding.node }]
    return lookUp(binding.file, binding.name, true)
  }
  /** Resolves a dotted name as far as namespaces lead. */
  const follow = (at: string, names: ReadonlyArray<string>, outside: boolean): ReadonlyArray<Declared> => {
    const [first, ...rest] = names
    if (first === undefined) return []
    const file = fileOf(at)
    const binding = outside ? file?.exports.get(first) : file?.locals.get(first)
    const next = typeof binding === "string" ? file?.locals.get(binding) : binding
    if (rest.length > 0 && next !== undefined && "file" in next) {
      return next.name === "*" ? follow(next.file, rest, true) : follow(next.file, [next.name, ...rest], true)
    }
    return lookUp(at, first, outside)
  }

  const key = ({ file, name }: Declared): string => `${file}#${name}`
  const seen = new Map<string, Unnamed | undefined>()
  const queue: Array<Declared & { readonly from: string }> = []
  for (const module of modules) {
    for (const declared of lookUp(module, "*", true)) {
      if (seen.has(key(declared))) continue
      seen.set(key(declared), undefined)
      queue.push({ ...declared, from: `${module}#${declared.name}` })
    }
  }
  for (let current = queue.pop(); current !== undefined; current = queue.pop()) {
    const { file, from, node } = current
    references(node, (names, specifier) => {
      const at = specifier === undefined ? file : resolve(specifier, file)
      if (at === undefined) return
      for (const declared of follow(at, names, specifier !== undefined)) {
        if (seen.has(key(declared))) continue
        seen.set(key(declared), isType(declared.node) ? { file: declared.file, name: declared.name, from } : undefined)
        queue.push({ ...declared, from: `${from} › ${declared.name}` })
      }
    })
  }
  // The compiler names the base of a class itself; a user names the class.
  return [...seen.values()].filter((one) => one !== undefined).filter(({ name }) => !name.endsWith("_base"))
}

/** The declaration file of a relative specifier, which may name the source or the compiled file. */
export const relative = (specifier: string, from: string): string =>
  join(dirname(from), specifier.replace(/\.(?:ts|js)$/, ".d.ts"))
