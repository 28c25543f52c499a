/** The packages and their imports, as found in the sources by dependency-cruiser. */
import * as Graph from "../../lint/graph.ts"
import { layers } from "../../lint/structure.ts"
import { root } from "../pages.ts"
import { table } from "./markdown.ts"

const packages = layers.flat()

interface Edge {
  readonly from: string
  readonly to: string
  readonly typesOnly: boolean
}

/** The imports between packages, without duplicates. */
const edges: ReadonlyArray<Edge> = (() => {
  const { modules } = Graph.read(
    root,
    packages.map((name) => `packages/${name}/src`),
  )
  const imports = modules.flatMap(({ dependencies, source }) =>
    dependencies.map(({ dependencyTypes, resolved }) => ({
      from: Graph.packageOf(source),
      to: Graph.packageOf(resolved),
      typesOnly: dependencyTypes.includes("type-only"),
    })),
  )
  return packages.flatMap((from) =>
    packages.flatMap((to) => {
      const between = imports.filter((one) => one.from === from && one.to === to && from !== to)
      return between.length === 0 ? [] : [{ from, to, typesOnly: between.every(({ typesOnly }) => typesOnly) }]
    }),
  )
})()

const reaches = (from: string, to: string): boolean =>
  edges.some((edge) => edge.from === from && !edge.typesOnly && (edge.to === to || reaches(edge.to, to)))

/** Whether an import is implied by another import of the package. */
const isImplied = ({ from, to }: Edge): boolean =>
  edges.some((edge) => edge.from === from && !edge.typesOnly && edge.to !== to && reaches(edge.to, to))

const label = (name: string): string => (name === "cli" ? "cli[holdfast]" : `${name}["@holdfast/${name}"]`)

const diagram = [
  "```mermaid",
  "flowchart TB",
  ...layers.toReversed().flatMap((names) => names.map((name) => `  ${label(name)}`)),
  ...edges
    .filter((edge) => !isImplied(edge))
    .toReversed()
    .map(({ from, to, typesOnly }) => `  ${from} ${typesOnly ? "-. types .->" : "-->"} ${to}`),
  "```",
].join("\n")

const imports = table(
  ["package", "imports"],
  packages.toReversed().map((name) => {
    const own = edges.filter(({ from }) => from === name)
    return [name, own.map(({ to, typesOnly }) => (typesOnly ? `${to} (types)` : to)).join(", ") || "–"]
  }),
)

/** Each section by its name in `docs/architecture.md`. */
export const sections: ReadonlyArray<readonly [name: string, text: string]> = [
  ["packages", diagram],
  ["imports", imports],
]
