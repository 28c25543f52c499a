/**
 * Helpers for defining rules for Frame.io.
 */
import type { Evidence, Rule } from "@holdfast/diagnosis/Diagnosis"
import type { C2cFacts } from "./facts.ts"

/** Returns a function that builds the rules of one topic. */
export const topic =
  (name: string) =>
  (definition: Omit<Rule<C2cFacts>, "topic">): Rule<C2cFacts> => ({
    ...definition,
    topic: name,
  })

/** Returns the URL of a page in Frame.io's guides. */
export const guide = (page: string): string => `https://developer.frame.io/docs/device-integrations/${page}`

/** Returns whether the response has one of these error codes. */
export const says = ({ payload }: C2cFacts, ...words: ReadonlyArray<string>): boolean =>
  payload.key !== undefined && words.includes(payload.key)

/** Returns Frame.io's error code as evidence, or the status if the response does not contain an error code. */
export const word = ({ payload, status }: C2cFacts): ReadonlyArray<Evidence> => [
  payload.key === undefined
    ? { at: "response.status", name: "status", observed: String(status) }
    : {
        at: payload.form === "detailed" ? "response.body.message" : "response.body.error",
        name: "error",
        observed: payload.key,
      },
  ...(payload.detail === undefined
    ? []
    : [
        {
          at: payload.form === "detailed" ? "response.body.errors[0].detail" : "response.body.error_description",
          name: "detail",
          observed: payload.detail.slice(0, 200),
        },
      ]),
]

/** Returns a field of the request as evidence. */
export const field = (facts: C2cFacts, name: string, expected?: string): ReadonlyArray<Evidence> => {
  const value = Object.hasOwn(facts.sent, name) ? facts.sent[name] : undefined
  if (value === undefined) return []
  const observed = typeof value === "string" ? value : JSON.stringify(value).slice(0, 200)
  return [{ at: facts.at(name), name, observed, ...(expected === undefined ? {} : { expected }) }]
}

/** Returns a header of the request as evidence. */
export const sentHeader = ({ header }: C2cFacts, name: string, expected?: string): ReadonlyArray<Evidence> => {
  const observed = header(name)
  return observed === undefined
    ? []
    : [{ at: `request.headers.${name}`, name, observed, ...(expected === undefined ? {} : { expected }) }]
}
