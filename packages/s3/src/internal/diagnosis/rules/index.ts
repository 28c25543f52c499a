/**
 * The rules of S3, in the order in which a server checks an upload.
 */
import { phases } from "../answer.ts"
import { forms } from "./forms/index.ts"
import { requests } from "./requests/index.ts"

const all = [...forms, ...requests] as const

/** The names of the defects that the lint can find, and of the causes that only a response shows. */
export type DefectName = (typeof all)[number]["name"]

/** All rules, by the phases of the server. */
export const rules = phases.flatMap((phase) => all.filter((rule) => rule.phase === phase))
