/**
 * What an exchange over HTTP may show when it is redacted. A module of its own, for clients and vocabularies that do not load the
 * rules of the diagnosis.
 */
export { vocabulary } from "./internal/diagnosis/vocabulary.ts"
