/**
 * The S3 rules, in the order in which a server checks an upload.
 */
import { phases } from "../answer.ts"
import { forms } from "./forms/index.ts"
import { requests } from "./requests/index.ts"

const all = [...forms, ...requests] as const

/** The names of the defects that the lint can find, and of the causes that only a response reveals. */
export type DefectName = (typeof all)[number]["name"]

/** All rules, grouped by the server's phases. */
export const rules = phases.flatMap((phase) => all.filter((rule) => rule.phase === phase))
