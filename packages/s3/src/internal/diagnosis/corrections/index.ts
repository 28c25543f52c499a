/**
 * Safe fixes by rule code.
 */
import type { Correction } from "@holdfast/diagnosis/Diagnosis"
import type { S3Facts } from "../facts.ts"
import { body } from "./body.ts"
import { form } from "./form.ts"
import { url } from "./url.ts"

/** Fixes by rule code. */
export const corrections: Readonly<Record<string, Correction<S3Facts>>> = { ...form, ...url, ...body }
