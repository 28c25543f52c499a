/**
 * How fast error responses become typed errors, compared with the minimum that any program must do with the same bytes.
 *
 * Method: each decoder and its baseline read the same list of bodies. One run is half a second of whole passes over the list.
 * Runs of decoder and baseline alternate in one process, 5 of each after 2 for warm-up, so that other load and the compiler
 * affect both alike. A figure is the median of its runs, and a ratio the median of the ratios of the pairs. Both decoders build
 * an `Error` with its verdict; the baselines build a plain object.
 *
 *     npm run bench:decode
 */
import { C2cError } from "@holdfast/c2c"
import { S3Error } from "@holdfast/s3"
import { XMLParser } from "fast-xml-parser"
import { median, medianRatio } from "../shared/statistics.ts"

interface Refusal {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

const detailed = (message: string, status: number): Refusal => ({
  status,
  headers: { "content-type": "application/json", "x-request-id": "F1" },
  body: JSON.stringify({
    code: status,
    errors: [{ code: status, detail: "The channel is currently paused.", status, title: message }],
    message,
  }),
})

const simple = (error: string, status = 400): Refusal => ({
  status,
  headers: { "content-type": "application/json" },
  body: JSON.stringify({ error }),
})

const c2cRefusals: ReadonlyArray<Refusal> = [
  simple("slow_down"),
  simple("authorization_pending"),
  simple("invalid_client"),
  simple("nobody knows this one"),
  detailed("Channel Paused", 409),
  detailed("Not Authorized", 401),
  detailed("Invalid Argument", 422),
  { status: 502, headers: { "content-type": "text/html" }, body: "<html><body><h1>502 Bad Gateway</h1></body></html>" },
]

const s3Refusal = (code: string, status: number, extra = ""): Refusal => ({
  status,
  headers: { "content-type": "application/xml" },
  body:
    `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${code}</Code><Message>The request was not carried out.</Message>` +
    `<Resource>/bucket/key</Resource>${extra}<RequestId>4442587FB7D0A2F9</RequestId><HostId>abc/def=</HostId></Error>`,
})

const s3Refusals: ReadonlyArray<Refusal> = [
  s3Refusal("SlowDown", 503),
  s3Refusal("InternalError", 500),
  s3Refusal("RequestTimeout", 400),
  s3Refusal(
    "AccessDenied",
    403,
    "<Expires>2026-11-21T00:00:00Z</Expires><ServerTime>2026-11-21T00:00:01Z</ServerTime>",
  ),
  s3Refusal("SignatureDoesNotMatch", 403, "<StringToSign>AWS4-HMAC-SHA256&#10;…</StringToSign>"),
  s3Refusal("NoSuchUpload", 404),
]

/** The work of a program without a table: parse, then switch on the message, then on the status. */
const switched = ({ body, status }: Refusal): { readonly tag: string; readonly retry: string } => {
  let message: unknown
  try {
    const payload = JSON.parse(body)
    message = payload.error ?? payload.message
  } catch {
    message = undefined
  }
  switch (message) {
    case "slow_down":
      return { tag: "SlowDown", retry: "always" }
    case "authorization_pending":
      return { tag: "AuthorizationPending", retry: "always" }
    case "unauthorized_client":
    case "Not Authorized":
      return { tag: "UnauthorizedClient", retry: "always" }
    case "access_denied":
      return { tag: "AccessDenied", retry: "once" }
    case "invalid_request":
      return { tag: "InvalidRequest", retry: "once" }
    case "Channel Paused":
      return { tag: "ChannelPaused", retry: "never" }
    case "Invalid Argument":
      return { tag: "InvalidArgument", retry: "never" }
    case "invalid_client":
      return { tag: "InvalidClient", retry: "never" }
    default:
      return status === 429 ? { tag: "SlowDown", retry: "always" } : { tag: "Unknown", retry: "once" }
  }
}

const parser = new XMLParser()

/**
 * Passes over the list for half a second; returns the number per second. The stored results stop the compiler from dropping the
 * work.
 */
const measure = (refusals: ReadonlyArray<Refusal>, decode: (answer: Refusal) => unknown): number => {
  const begin = performance.now()
  const end = begin + 500
  let count = 0
  let now = begin
  while (now < end) {
    for (let pass = 0; pass < 50; pass++) {
      for (const answer of refusals) kept = decode(answer)
      count += refusals.length
    }
    now = performance.now()
  }
  return (count * 1000) / (now - begin)
}

let kept: unknown

const compare = (
  name: string,
  refusals: ReadonlyArray<Refusal>,
  decode: (answer: Refusal) => unknown,
  baseline: readonly [name: string, decode: (answer: Refusal) => unknown],
): void => {
  const rates = { ours: new Array<number>(), theirs: new Array<number>() }
  for (let run = -2; run < 5; run++) {
    const pair = { ours: measure(refusals, decode), theirs: measure(refusals, baseline[1]) }
    if (run < 0) continue
    rates.ours.push(pair.ours)
    rates.theirs.push(pair.theirs)
  }
  const ours = median(rates.ours)
  const theirs = median(rates.theirs)
  const ratio = medianRatio(rates.ours, rates.theirs)
  const round = (n: number) => Math.round(n).toLocaleString("en-US").padStart(11)
  console.log(`${name.padEnd(30)}${round(ours)} errors/s`)
  console.log(`${baseline[0].padEnd(30)}${round(theirs)} answers/s`)
  console.log(`${"ratio".padEnd(30)}${ratio.toFixed(3).padStart(11)}   (${(1e6 / ours).toFixed(1)} µs an error)\n`)
}

console.log("5 runs of 0.5 s each, alternating with the baseline in one process, after 2 of warm-up; medians\n")
compare("C2cError.fromResponse", c2cRefusals, C2cError.fromResponse, ["JSON.parse + switch", switched])
compare("S3Error.fromResponse", s3Refusals, S3Error.fromResponse, [
  "bare fast-xml-parser",
  ({ body }) => parser.parse(body),
])
if (kept === undefined) process.exitCode = 1
