/** The metrics of the policies and their attributes. */
import * as PolicyMetrics from "@holdfast/core/PolicyMetrics"
import { table } from "./markdown.ts"

const metrics = table(
  ["metric", "unit", "in Prometheus", "meaning", "attributes"],
  PolicyMetrics.names.map((name) => {
    const { attributes, description, type, unit } = PolicyMetrics.definition(name)
    return [
      `\`${name}\``,
      `${type}, \`${unit}\``,
      `\`${PolicyMetrics.prometheusName(name)}\``,
      description,
      attributes.map((attribute) => `\`${attribute}\``).join(", "),
    ]
  }),
)

const metricAttributes = table(
  ["attribute", "value"],
  Object.entries(PolicyMetrics.attributes).map(([name, meaning]) => [`\`${name}\``, meaning]),
)

/** Each table by its name in `docs/observability.md`. */
export const sections: ReadonlyArray<readonly [name: string, text: string]> = [
  ["metrics", metrics],
  ["metric attributes", metricAttributes],
]
