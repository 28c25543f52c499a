/**
 * What the rules about bodies share.
 */
import type { S3Facts } from "../../../facts.ts"
import { topic } from "../../../rule.ts"

/** Makes a rule about bodies. */
export const rule = topic("body")

/** Whether the request has a method that sends a body. */
export const sendsBody = ({ method }: S3Facts): boolean => method === "PUT" || method === "POST"
