/**
 * The names whose values may be shown in a redacted HTTP exchange. A separate module, so that clients and other vocabularies do
 * not load the rules of the diagnosis.
 */
export { vocabulary } from "./internal/diagnosis/vocabulary.ts"
