import { NodeRuntime } from "@effect/platform-node"
import * as Explain from "@holdfast/explain/Explain"
import * as ExplainInput from "@holdfast/explain/Input"
import { Console, Effect } from "effect"

/** Errors as people paste them: a code, an exception of an SDK, a line of a log, and no error at all. */
const pastes = [
  "InvalidAccessKeyId",
  "botocore.exceptions.ClientError: An error occurred (SignatureDoesNotMatch) when calling the PutObject operation: " +
    "The request signature we calculated does not match the signature you provided.",
  `12:04:11 ERROR upload failed: 403 <Error><Code>AccessDenied</Code><Message>Request has expired</Message></Error>`,
  `HTTP/1.1 413 Payload Too Large
Server: cloudflare
CF-RAY: 9a3example9e8d7c6-MUC

<html><center><h1>413 Payload Too Large</h1></center><hr><center>cloudflare</center></html>`,
  "It worked yesterday.",
]

const program = Effect.forEach(pastes, (paste) => {
  const input = ExplainInput.recognize(new TextEncoder().encode(paste))
  if (input._tag === "Unusable") return Console.log(`This ${input.problem}.`)
  const { alternatives, answeredBy, code, confidence, title, vendor } = Explain.explain(input.exchange)
  return Console.log(
    [
      `Read as: ${input.recognized}`,
      `  ${code}, ${confidence}: ${title}`,
      ...alternatives.map((other) => `  or ${other.code}, ${other.confidence}`),
      `  vendor.system: ${vendor.system}; answeredBy: ${answeredBy}`,
    ].join("\n"),
  )
})

export const main = program

if (import.meta.main) NodeRuntime.runMain(main)
