/**
 * The CPU time of explaining responses of 64 KiB, in the formats of vendors and people.
 */
import * as Input from "@holdfast/explain/Input"
import { explainBytes } from "../../../explain/test/support/explained.ts"

const length = 64 * 1024

const filled = (before: string, with_: string, after: string): string =>
  `${before}${with_.repeat(Math.ceil((length - before.length - after.length) / with_.length))}${after}`

const post =
  "POST / HTTP/1.1\nHost: takes.s3.eu-west-1.amazonaws.com\nContent-Type: multipart/form-data; boundary=b\n\n"

/** Inputs of 64 KiB. */
const inputs: ReadonlyArray<readonly [name: string, text: string]> = [
  [
    "an error of S3 with a long canonical request",
    filled(
      "<Error><Code>SignatureDoesNotMatch</Code><CanonicalRequest>PUT\n/",
      "a%20/&amp;",
      "</CanonicalRequest></Error>",
    ),
  ],
  ["an error of S3 with many elements", filled("<Error><Code>AccessDenied</Code>", "<A>b</A>", "</Error>")],
  ["an error of OAuth", filled('{"error":"invalid_grant","error_description":"', "AADSTS70000: x. ", '"}')],
  [
    "a web page",
    filled("HTTP/1.1 502 Bad Gateway\nServer: nginx\n\n<html><body>", "<p>502 Bad Gateway</p>", "</html>"),
  ],
  ["a form of many fields", filled(post, '--b\nContent-Disposition: form-data; name="key"\n\nin/a\n', "--b--")],
  ["a form of short pairs as the answer", filled("HTTP/1.1 403 Forbidden\n\n", "a=b&", "")],
  [
    "a path full of parameters",
    filled("GET /", "a=b&", " HTTP/1.1\nHost: takes.s3.amazonaws.com\n\nHTTP/1.1 403 Forbidden\n\n"),
  ],
  ["JSON that is broken", filled('HTTP/1.1 400 Bad Request\n\n{"errors":[', "* ", "")],
  ["a log", filled("", "2026-11-29 12:30:01 ERROR upload failed: HTTP 403 AccessDenied\n", "")],
]

const milliseconds = (work: () => void): number => {
  const before = process.cpuUsage()
  work()
  const { system, user } = process.cpuUsage(before)
  return (system + user) / 1000
}

/** The milliseconds of CPU for each input: the best of three runs. */
export const measure = (): ReadonlyArray<{ readonly name: string; readonly millis: number; readonly read: boolean }> =>
  inputs.map(([name, text]) => {
    const bytes = new TextEncoder().encode(text)
    const times = [1, 2, 3].map(() => milliseconds(() => explainBytes(bytes)))
    return { name, millis: Math.min(...times), read: Input.recognize(bytes)._tag === "Exchange" }
  })
