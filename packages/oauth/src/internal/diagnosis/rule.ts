/**
 * How the rules of OAuth are written.
 */
import type { Evidence, Rule } from "@holdfast/diagnosis/Diagnosis"
import type { OAuthFacts, Field } from "./facts.ts"

/** Makes the rules of one topic. */
export const topic =
  (name: string) =>
  (definition: Omit<Rule<OAuthFacts>, "topic">): Rule<OAuthFacts> => ({
    ...definition,
    topic: name,
  })

/** A section of an RFC. */
export const rfc = (number: number, section: string): string =>
  `https://www.rfc-editor.org/rfc/rfc${number}#section-${section}`

/** The server's word, or its status where it gave none. */
export const word = ({ answer }: OAuthFacts): ReadonlyArray<Evidence> => [
  answer.error === ""
    ? { at: "response.status", name: "status", observed: String(answer.status) }
    : { at: answer.at, name: "error", observed: answer.written },
  ...(answer.description === ""
    ? []
    : [
        {
          at: answer.at === "response.body.error" ? "response.body.error_description" : answer.at,
          name: "description",
          observed: answer.description.slice(0, 200),
        },
      ]),
]

/** A field as evidence. */
export const shown = (field: Field | undefined, expected?: string): ReadonlyArray<Evidence> =>
  field === undefined
    ? []
    : [{ at: field.at, name: field.name, observed: field.value, ...(expected === undefined ? {} : { expected }) }]

/** A header of the request as evidence. */
export const sentHeader = ({ header }: OAuthFacts, name: string, expected?: string): ReadonlyArray<Evidence> => {
  const observed = header(name)
  return observed === undefined
    ? []
    : [{ at: `request.headers.${name}`, name, observed, ...(expected === undefined ? {} : { expected }) }]
}

/** Whether the server named one of these errors. */
export const says = ({ answer }: OAuthFacts, ...errors: ReadonlyArray<string>): boolean => errors.includes(answer.error)
