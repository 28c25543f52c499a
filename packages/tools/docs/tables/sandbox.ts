/** The sandbox: its plans, faults and routes, and the JSON Schema of a plan. */
import { Fault, FaultPlan, Route } from "@holdfast/sandbox"
import { Schema } from "effect"
import { table } from "./markdown.ts"

/** A short description of a named plan. */
const summary = ({ rules = [], deals = [], outages = [] }: FaultPlan.FaultPlan): string => {
  const faults = [...rules.map(({ fault }) => fault), ...deals.flatMap(({ hands }) => hands.flat())]
  const kinds = [...new Set(faults.map(({ kind }) => kind))]
  const parts = [
    kinds.length === 0 ? "" : kinds.map((kind) => `\`${kind}\``).join(", "),
    ...outages.map(({ seconds, routes }) => `${routes?.join(" and ") ?? "the whole server"} gone for ${seconds} s`),
  ].filter((part) => part !== "")
  return parts.length === 0 ? "nothing goes wrong" : parts.join("; ")
}

const plans = table(
  ["plan", "what happens"],
  FaultPlan.names.map((name) => [`\`${name}\``, summary(FaultPlan.named[name])]),
)

/** The routes on which a fault can happen. */
const where = ({ except = [], routes }: Fault.Kind): string => {
  const names = (routes ?? except).map((route) => `\`${route}\``).join(", ")
  return routes !== undefined ? names : except.length === 0 ? "any route" : `any route except ${names}`
}

const faults = table(
  ["kind", "what happens", "where"],
  Object.entries(Fault.kinds).map(([kind, fault]) => [`\`${kind}\``, fault.description, where(fault)]),
)

const routes = table(
  ["route", "request"],
  Object.entries(Route.routes).map(([name, request]) => [`\`${name}\``, request]),
)

/** Each table by its name in `docs/sandbox.md`. */
export const sections: ReadonlyArray<readonly [name: string, text: string]> = [
  ["plans", plans],
  ["faults", faults],
  ["routes", routes],
]

/** The JSON Schema of a plan file, for editors. */
export const planSchema = (() => {
  const { schema, definitions } = Schema.toJsonSchemaDocument(FaultPlan.FaultPlan, { onExcessProperty: "error" })
  const document = {
    $schema: "https://json-schema.org/draft/2020-12/schema",
    title: "A plan of faults for the Holdfast sandbox",
    ...schema,
    ...(Object.keys(definitions).length === 0 ? {} : { $defs: definitions }),
  }
  return `${JSON.stringify(document, null, 2)}\n`
})()
