/**
 * The JSON Schemas of the output of `holdfast upload --json`, `holdfast queue --json` and `holdfast doctor --json`.
 */
import { Schema } from "effect"
import * as Event from "holdfast/Event"
import * as DoctorReport from "../../../cli/src/doctor/Report.ts"
import * as QueueView from "../../../cli/src/queue/View.ts"

const published = (title: string, description: string, value: Schema.Top): string => {
  const { schema, definitions } = Schema.toJsonSchemaDocument(value)
  const document = {
    $schema: "https://json-schema.org/draft/2020-12/schema",
    title,
    description,
    ...schema,
    ...(Object.keys(definitions).length === 0 ? {} : { $defs: definitions }),
  }
  return `${JSON.stringify(document, null, 2)}\n`
}

/** The JSON Schema of one line of `upload`. */
export const eventSchema = published(
  "A line that holdfast upload --json prints",
  "Events, followed by a summary. Later releases may add events and properties; none is removed or renamed.",
  Event.Line,
)

/** The JSON Schema of the document of `doctor`. */
export const doctorSchema = published(
  "The document that holdfast doctor --json prints",
  "Later releases may add checks and properties; none is removed or renamed.",
  DoctorReport.Report,
)

/** The JSON Schema of the document of `queue`. */
export const queueSchema = published(
  "The document that holdfast queue --json prints",
  "Later releases may add properties; none is removed or renamed.",
  QueueView.Document,
)
