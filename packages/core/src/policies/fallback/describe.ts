/**
 * Describes a fallback in words.
 */
import type { Fallback } from "./alternatives.ts"

/** Describes the fallback: `fallback for CircuitOpen, then for any error`. */
export const describe = ({ alternatives }: Fallback): string =>
  `fallback ${alternatives.map(({ errors }) => `for ${errors}`).join(", then ")}`
