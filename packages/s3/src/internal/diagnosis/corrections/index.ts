/**
 * Applies the safe fixes of rules to a request, selected by the code of the rule.
 */
import type { Correction } from "@holdfast/diagnosis/Diagnosis"
import type { S3Facts } from "../facts.ts"
import { body } from "./body.ts"
import { form } from "./form.ts"
import { url } from "./url.ts"

/** The corrections, keyed by rule code. */
export const corrections: Readonly<Record<string, Correction<S3Facts>>> = { ...form, ...url, ...body }
