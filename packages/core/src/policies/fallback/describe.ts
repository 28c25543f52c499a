/**
 * Describes a fallback in words.
 */
import type { Fallback } from "./alternatives.ts"

/** Returns a description of the fallback in this form: `fallback for CircuitOpen, then for any error`. */
export const describe = ({ alternatives }: Fallback): string =>
  `fallback ${alternatives.map(({ errors }) => `for ${errors}`).join(", then ")}`
