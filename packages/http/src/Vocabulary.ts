/**
 * Defines the names whose values may be shown in a redacted HTTP exchange. The vocabulary is in a separate module so that
 * clients and other vocabularies do not load the diagnosis rules.
 */
export { vocabulary } from "./internal/diagnosis/vocabulary.ts"
