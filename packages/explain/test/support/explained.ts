/**
 * Explains input as the command does.
 */
import type { Explanation } from "@holdfast/diagnosis/Diagnosis"
import * as Explain from "@holdfast/explain/Explain"
import * as Input from "@holdfast/explain/Input"

/** `undefined` if the input is not recognized and no table has it as a code. */
export const explainBytes = (bytes: Uint8Array): Explanation | undefined => {
  const input = Input.recognize(bytes)
  return input._tag === "Exchange"
    ? Explain.explain(input.exchange)
    : Explain.explainCode(new TextDecoder().decode(bytes))
}
