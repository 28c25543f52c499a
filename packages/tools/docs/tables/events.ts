/**
 * The JSON Schema of the output of `holdfast upload --json`.
 */
import { Schema } from "effect"
import * as Event from "holdfast/Event"

/** The JSON Schema of one line. */
export const eventSchema = (() => {
  const { schema, definitions } = Schema.toJsonSchemaDocument(Event.Line)
  const document = {
    $schema: "https://json-schema.org/draft/2020-12/schema",
    title: "A line that holdfast upload --json prints",
    description:
      "Events, followed by a summary. Later releases may add events and properties; none is removed or renamed.",
    ...schema,
    ...(Object.keys(definitions).length === 0 ? {} : { $defs: definitions }),
  }
  return `${JSON.stringify(document, null, 2)}\n`
})()
