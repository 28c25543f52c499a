export * as ErrorTable from "./ErrorTable.ts"
export * as Verdict from "./Verdict.ts"
export { VerdictSchema } from "./VerdictSchema.ts"
export type { Classified } from "./Verdict.ts"
