import { PutObjectCommand, S3Client, S3ServiceException } from "@aws-sdk/client-s3"
import { CircuitBreaker, Pipeline, Timeline, type Verdict } from "@holdfast/core"
import { S3Error } from "@holdfast/s3"
import { Console, Effect } from "effect"

/** The verdict of S3's own error table, by the code and the status that the SDK has read. Other reasons are retried. */
const verdictOf = (reason: unknown): Verdict.Verdict | undefined => {
  if (!(reason instanceof S3ServiceException)) return undefined
  const { $metadata, $response, name } = reason
  const body = `<Error><Code>${name}</Code></Error>`
  return S3Error.fromResponse({ status: $metadata.httpStatusCode ?? 0, headers: $response?.headers ?? {}, body })
    .verdict
}

const pipeline = Pipeline.makeUnsafe(
  Pipeline.deadline("1 minute"),
  Pipeline.retry({ attempts: 4, backoff: { base: "10 millis" } }),
  Pipeline.breaker(CircuitBreaker.makeUnsafe()),
  Pipeline.timeout("15 seconds"),
)

/** Stands for the network. In a program, omit `requestHandler`. */
const answers = [
  [503, "<Error><Code>SlowDown</Code><Message>Please reduce your request rate.</Message></Error>"],
  [200, ""],
  [403, "<Error><Code>AccessDenied</Code><Message>Access Denied</Message></Error>"],
] as const
let requests = 0
const network = {
  handle: async () => {
    const [statusCode, body] = answers[requests++] ?? [500, ""]
    return { response: { statusCode, headers: {}, body: new Blob([body]).stream() } }
  },
}

const s3 = new S3Client({
  region: "eu-west-3",
  credentials: { accessKeyId: "AKIAIOSFODNN7EXAMPLE", secretAccessKey: "example" },
  maxAttempts: 1, // or each attempt of the pipeline would be up to three
  requestHandler: network,
})

const put = (key: string) =>
  Pipeline.promise(
    pipeline,
    (abortSignal) => s3.send(new PutObjectCommand({ Bucket: "reels", Key: key, Body: "a film" }), { abortSignal }),
    { classify: verdictOf },
  )

const program = async (): Promise<ReadonlyArray<string>> => {
  await put("A001.mov")
  const stored = `stored after ${requests} requests`
  const error: unknown = await put("A002.mov").catch((reason: unknown) => reason)
  return [stored, `${String(error)}, after ${Timeline.of(error).length} attempt`]
}

export const main = Effect.flatMap(Effect.promise(program), (lines) => Console.log(lines.join("\n")))

if (import.meta.main) await Effect.runPromise(main)
