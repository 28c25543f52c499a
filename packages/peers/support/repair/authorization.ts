/**
 * Signature Version 4 in the Authorization header, as computed by programs without an SDK.
 *
 * Source: AWS, "Authenticating Requests: Using the Authorization Header".
 */
import type { Request } from "@holdfast/diagnosis/Exchange"
import { createHash, createHmac } from "node:crypto"
import type { Credentials } from "../s3/Credentials.ts"

const region = "us-east-1"

/** Signs a request; the body is not signed. */
export const authorized = (
  request: Request,
  { accessKeyId, secretAccessKey, sessionToken }: Credentials,
  at: number,
): Request => {
  const time = new Date(at).toISOString().replaceAll(/[-:]|\.\d+/g, "")
  const scope = `${time.slice(0, 8)}/${region}/s3/aws4_request`
  const url = new URL(request.url ?? "")
  const signed: Readonly<Record<string, string>> = {
    host: url.host,
    "x-amz-content-sha256": "UNSIGNED-PAYLOAD",
    "x-amz-date": time,
    ...(sessionToken === undefined ? {} : { "x-amz-security-token": sessionToken }),
  }
  const names = Object.keys(signed).toSorted()
  const canonical = [
    request.method,
    url.pathname,
    url.search.slice(1),
    ...names.map((name) => `${name}:${signed[name] ?? ""}`),
    "",
    names.join(";"),
    "UNSIGNED-PAYLOAD",
  ].join("\n")
  const text = ["AWS4-HMAC-SHA256", time, scope, createHash("sha256").update(canonical).digest("hex")].join("\n")
  const hmac = (key: string | Buffer, part: string) => createHmac("sha256", key).update(part).digest()
  const key = [time.slice(0, 8), region, "s3", "aws4_request"].reduce<string | Buffer>(hmac, `AWS4${secretAccessKey}`)
  const signature = createHmac("sha256", key).update(text).digest("hex")
  const { host: _, ...sent } = signed
  return {
    ...request,
    headers: {
      ...request.headers,
      ...sent,
      authorization: `AWS4-HMAC-SHA256 Credential=${accessKeyId}/${scope}, SignedHeaders=${names.join(";")}, Signature=${signature}`,
    },
  }
}
