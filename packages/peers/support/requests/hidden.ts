/** Checks that no secret is shown. */
import { Inspectable } from "effect"
import { inspect } from "node:util"

/** Fails if a printed form of these values contains a secret. */
export const assertHidden = (
  secrets: ReadonlyArray<string | null | undefined>,
  ...said: ReadonlyArray<unknown>
): void => {
  const words = said.map(
    (one) => `${inspect(one, { depth: 10 })} ${JSON.stringify(one)} ${Inspectable.toStringUnknown(one)}`,
  )
  for (const secret of secrets) {
    if (typeof secret === "string" && words.some((text) => text.includes(secret))) throw new Error("a secret was shown")
  }
}
