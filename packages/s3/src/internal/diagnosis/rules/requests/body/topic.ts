/**
 * Helpers for the rules about bodies.
 */
import type { S3Facts } from "../../../facts.ts"
import { topic } from "../../../rule.ts"

/** Builds a rule about bodies. */
export const rule = topic("body")

/** Whether the method of the request sends a body. */
export const sendsBody = ({ method }: S3Facts): boolean => method === "PUT" || method === "POST"
