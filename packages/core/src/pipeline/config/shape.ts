/**
 * Inspects a settings schema: finds the keys that are allowed at each path, and the leaves, each of which contains a single
 * value.
 */
import type * as SchemaAST from "effect/SchemaAST"
import type * as SchemaIssue from "effect/SchemaIssue"

/** The path of a setting, starting with the outermost key. */
export type Path = ReadonlyArray<string>

export const dotted = (path: Path): string => path.join(".")

type Members = ReadonlyArray<readonly [key: string, ast: SchemaAST.AST]>

/** Returns the keys of an object with their schemas; for a union, returns the keys of all its objects. */
const members = (ast: SchemaAST.AST): Members => {
  if (ast._tag === "Union") return ast.types.flatMap(members)
  if (ast._tag !== "Objects") return []
  return ast.propertySignatures.map(({ name, type }) => [String(name), type] as const)
}

/**
 * Returns the keys allowed in the object at a path; for a union, returns only the keys of the members that match the object's
 * kind.
 */
export const keysAt = (ast: SchemaAST.AST, path: Path, object: unknown): ReadonlyArray<string> => {
  const kind = typeof object === "object" && object !== null && "kind" in object ? object.kind : undefined
  const objects = at(ast, path).flatMap((found) => (found._tag === "Union" ? found.types : [found]))
  return [
    ...new Set(objects.filter((found) => hasKind(found, kind)).flatMap((found) => members(found).map(([key]) => key))),
  ]
}

/** Returns the kinds of the union members that contain the key at a path. */
export const kindsWith = (ast: SchemaAST.AST, path: Path): ReadonlyArray<string> =>
  at(ast, path.slice(0, -1))
    .flatMap((found) => (found._tag === "Union" ? found.types : [found]))
    .map((member) => members(member))
    .filter((keys) => keys.some(([key]) => key === path.at(-1)))
    .flatMap((keys) => {
      const kind = unwrapped(keys.find(([key]) => key === "kind")?.[1])
      return kind?._tag === "Literal" ? [String(kind.literal)] : []
    })

/** Returns the literal inside the schema of an optional key. */
const unwrapped = (ast: SchemaAST.AST | undefined): SchemaAST.AST | undefined =>
  ast?._tag === "Union" ? ast.types.find(({ _tag }) => _tag === "Literal") : ast

const hasKind = (ast: SchemaAST.AST, kind: unknown): boolean => {
  const [, literal] = members(ast).find(([key]) => key === "kind") ?? []
  return literal?._tag !== "Literal" || kind === undefined || literal.literal === kind
}

/** Returns the `expected` annotation of the values at a path, if there is one. */
export const expectedAt = (ast: SchemaAST.AST, path: Path): string | undefined =>
  at(ast, path)
    .map(({ annotations }) => annotations?.["expected"])
    .find((expected) => typeof expected === "string")

const at = (ast: SchemaAST.AST, [key, ...rest]: Path): ReadonlyArray<SchemaAST.AST> =>
  key === undefined
    ? [ast]
    : members(ast)
        .filter(([name]) => name === key)
        .flatMap(([, inner]) => at(inner, rest))

/**
 * Returns the paths of the leaves in schema order. If a path allows both an object and a single value, the list contains the
 * path itself and the paths inside the object.
 */
export const leaves = (ast: SchemaAST.AST, path: Path = []): ReadonlyArray<Path> => {
  if (ast._tag === "Objects") return members(ast).flatMap(([key, inner]) => leaves(inner, [...path, key]))
  if (ast._tag !== "Union" || members(ast).length === 0) return [path]
  const all = ast.types.flatMap((type) => leaves(type, path))
  return all.filter((leaf, n) => all.findIndex((other) => dotted(other) === dotted(leaf)) === n)
}

/** A problem at a path. */
export interface Found {
  readonly path: Path
  readonly what: "unknown" | "absent" | "wrong"
}

/** All problems. For a union, returns only the problems of the member that best matches the input. */
export const findings = (issue: SchemaIssue.Issue, path: Path = []): ReadonlyArray<Found> => {
  switch (issue._tag) {
    case "Pointer":
      return findings(issue.issue, [...path, ...issue.path.map(String)])
    case "Composite":
      return issue.issues.flatMap((inner) => findings(inner, path))
    case "AnyOf":
      return meant(
        path,
        issue.issues.map((inner) => findings(inner, path)),
      )
    case "UnexpectedKey":
      return [{ path, what: "unknown" }]
    case "MissingKey":
      return [{ path, what: "absent" }]
    default:
      return [{ path, what: "wrong" }]
  }
}

/**
 * Selects the problems of the union member that best matches the input. Members whose kind does not match are excluded; among
 * the remaining members, the one with the deepest error is chosen.
 */
const meant = (path: Path, members: ReadonlyArray<ReadonlyArray<Found>>): ReadonlyArray<Found> => {
  const isKind = (found: Found) => found.path.length === path.length + 1 && found.path.at(-1) === "kind"
  const likely = members.filter((found) => !found.some(isKind))
  if (likely.length === 0 && members.some((found) => found.some(isKind))) {
    return [{ path: [...path, "kind"], what: "wrong" }]
  }
  const depth = (found: ReadonlyArray<Found>) => Math.max(...found.map(({ path }) => path.length))
  const best = likely.toSorted((a, b) => depth(b) - depth(a))[0]
  return best !== undefined && depth(best) > path.length ? best : [{ path, what: "wrong" }]
}
