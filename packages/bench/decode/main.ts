/**
 * How fast refusals become typed errors, against the least that any program must do with the same bytes.
 *
 * Method: each decoder and its baseline read the same list of bodies. One run is half a second of whole passes over the
 * list; runs of decoder and baseline alternate in this one process, 5 of each after 2 that do not count, so that a
 * neighbour's load and the compiler's warm-up meet both alike. A figure is the median of its runs, a ratio the median of
 * the ratios of the pairs. Both decoders build an `Error` with its verdict; the baselines build a plain object.
 */
import { C2cError } from "@holdfast/c2c"
import { S3Error } from "@holdfast/s3"
import { XMLParser } from "fast-xml-parser"

interface Answer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

const detailed = (message: string, status: number): Answer => ({
  status,
  headers: { "content-type": "application/json", "x-request-id": "F1" },
  body: JSON.stringify({
    code: status,
    errors: [{ code: status, detail: "The channel is currently paused.", status, title: message }],
    message,
  }),
})

const simple = (error: string, status = 400): Answer => ({
  status,
  headers: { "content-type": "application/json" },
  body: JSON.stringify({ error }),
})

const c2cAnswers: ReadonlyArray<Answer> = [
  simple("slow_down"),
  simple("authorization_pending"),
  simple("invalid_client"),
  simple("nobody knows this one"),
  detailed("Channel Paused", 409),
  detailed("Not Authorized", 401),
  detailed("Invalid Argument", 422),
  { status: 502, headers: { "content-type": "text/html" }, body: "<html><body><h1>502 Bad Gateway</h1></body></html>" },
]

const s3Answer = (code: string, status: number, extra = ""): Answer => ({
  status,
  headers: { "content-type": "application/xml" },
  body:
    `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${code}</Code><Message>The request was not carried out.</Message>` +
    `<Resource>/bucket/key</Resource>${extra}<RequestId>4442587FB7D0A2F9</RequestId><HostId>abc/def=</HostId></Error>`,
})

const s3Answers: ReadonlyArray<Answer> = [
  s3Answer("SlowDown", 503),
  s3Answer("InternalError", 500),
  s3Answer("RequestTimeout", 400),
  s3Answer("AccessDenied", 403, "<Expires>2026-11-21T00:00:00Z</Expires><ServerTime>2026-11-21T00:00:01Z</ServerTime>"),
  s3Answer("SignatureDoesNotMatch", 403, "<StringToSign>AWS4-HMAC-SHA256&#10;…</StringToSign>"),
  s3Answer("NoSuchUpload", 404),
]

/** What a program without a table does: parse, then switch on the message, then on the status. */
const switched = ({ body, status }: Answer): { readonly tag: string; readonly retry: string } => {
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

/** Passes over the list for half a second; answers a second. What is kept stops the compiler from dropping the work. */
const measure = (answers: ReadonlyArray<Answer>, decode: (answer: Answer) => unknown): number => {
  const begin = performance.now()
  const end = begin + 500
  let count = 0
  let now = begin
  while (now < end) {
    for (let pass = 0; pass < 50; pass++) {
      for (const answer of answers) kept = decode(answer)
      count += answers.length
    }
    now = performance.now()
  }
  return (count * 1000) / (now - begin)
}

let kept: unknown

const median = (values: ReadonlyArray<number>): number => values.toSorted((a, b) => a - b)[values.length >> 1]!

const compare = (
  name: string,
  answers: ReadonlyArray<Answer>,
  decode: (answer: Answer) => unknown,
  baseline: readonly [name: string, decode: (answer: Answer) => unknown],
): void => {
  const pairs: Array<readonly [ours: number, theirs: number]> = []
  for (let run = -2; run < 5; run++) {
    const pair = [measure(answers, decode), measure(answers, baseline[1])] as const
    if (run >= 0) pairs.push(pair)
  }
  const ours = median(pairs.map(([ours]) => ours))
  const theirs = median(pairs.map(([, theirs]) => theirs))
  const ratio = median(pairs.map(([ours, theirs]) => ours / theirs))
  const round = (n: number) => Math.round(n).toLocaleString("en-US").padStart(11)
  console.log(`${name.padEnd(30)}${round(ours)} errors/s`)
  console.log(`${baseline[0].padEnd(30)}${round(theirs)} answers/s`)
  console.log(`${"ratio".padEnd(30)}${ratio.toFixed(3).padStart(11)}   (${(1e6 / ours).toFixed(1)} µs an error)\n`)
}

console.log("5 runs of 0.5 s each, alternating with the baseline in one process, after 2 of warm-up; medians\n")
compare("C2cError.fromResponse", c2cAnswers, C2cError.fromResponse, ["JSON.parse + switch", switched])
compare("S3Error.fromResponse", s3Answers, S3Error.fromResponse, [
  "bare fast-xml-parser",
  ({ body }) => parser.parse(body),
])
if (kept === undefined) process.exitCode = 1
