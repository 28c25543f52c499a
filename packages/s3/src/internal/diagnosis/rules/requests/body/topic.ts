/**
 * Helper functions for the rules about bodies.
 */
import type { S3Facts } from "../../../facts.ts"
import { topic } from "../../../rule.ts"

/** Creates a rule about bodies. */
export const rule = topic("body")

/** Whether the request method sends a body. */
export const sendsBody = ({ method }: S3Facts): boolean => method === "PUT" || method === "POST"
