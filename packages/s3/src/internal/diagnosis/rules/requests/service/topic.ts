/**
 * Helpers for the rules about the service.
 */
import type { Evidence } from "@holdfast/diagnosis/Diagnosis"
import type { S3Facts } from "../../../facts.ts"
import { topic } from "../../../rule.ts"

/** Builds a rule about the service. */
export const rule = topic("service")

/** The remedy for a request that is correct. */
export const sendAgain = { text: "send the same request again with backoff", safety: "safe to apply" } as const

/** The status as evidence. */
export const status = ({ answer }: S3Facts): Evidence => ({
  at: "response.status",
  name: "status",
  observed: String(answer.status),
})
