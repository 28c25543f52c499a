/** The files of `docs/generated`. */
import { globSync } from "node:fs"
import * as Dashboard from "./dashboard/dashboard.ts"
import { codePages } from "./diagnosis.ts"
import { pictures } from "./policies/pictures.ts"
import { root } from "./pages.ts"
import { doctorSchema, eventSchema, queueSchema } from "./tables/events.ts"
import { planSchema } from "./tables/sandbox.ts"

/** The paths of the existing files, from the root. */
export const present = (): ReadonlyArray<string> =>
  globSync("docs/generated/**/*.*", { cwd: root }).map((path) => path.replaceAll("\\", "/"))

/** Each file: its path from the root and its text. */
export const files: ReadonlyArray<readonly [path: string, text: string]> = [
  ["docs/generated/fault-plan.schema.json", planSchema],
  ["docs/generated/doctor.schema.json", doctorSchema],
  ["docs/generated/upload-events.schema.json", eventSchema],
  ["docs/generated/queue.schema.json", queueSchema],
  [Dashboard.path, Dashboard.text],
  ...pictures,
  ...codePages,
]
