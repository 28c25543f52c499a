/**
 * Session credentials from an STS. The AWS SDK has a separate client for this one call; signing it here is shorter.
 */
import { createHash, createHmac } from "node:crypto"
import type { Credentials } from "./Credentials.ts"

const sha256 = (text: string): string => createHash("sha256").update(text).digest("hex")

const hmac = (key: string | Buffer, text: string): Buffer => createHmac("sha256", key).update(text).digest()

/** Requests 900 s of a role from the STS at an endpoint. */
export const assumeRole = async (
  endpoint: string,
  owner: Credentials,
  role: { readonly name: string; readonly arn: string },
): Promise<Credentials> => {
  const form = { Action: "AssumeRole", Version: "2011-06-15", RoleArn: role.arn, RoleSessionName: role.name }
  const body = new URLSearchParams({ ...form, DurationSeconds: "900" }).toString()
  const { host } = new URL(endpoint)
  const at = new Date().toISOString().replaceAll(/[-:]|\.\d+/g, "")
  const scope = `${at.slice(0, 8)}/us-east-1/sts/aws4_request`
  const type = "application/x-www-form-urlencoded"
  const signed = "content-type;host;x-amz-date"
  const canonical = [
    "POST",
    "/",
    "",
    `content-type:${type}`,
    `host:${host}`,
    `x-amz-date:${at}`,
    "",
    signed,
    sha256(body),
  ]
  const text = ["AWS4-HMAC-SHA256", at, scope, sha256(canonical.join("\n"))].join("\n")
  const signingKey = scope.split("/").reduce<string | Buffer>(hmac, `AWS4${owner.secretAccessKey}`)
  const signature = createHmac("sha256", signingKey).update(text).digest("hex")
  const response = await fetch(endpoint, {
    method: "POST",
    headers: {
      "content-type": type,
      "x-amz-date": at,
      authorization: `AWS4-HMAC-SHA256 Credential=${owner.accessKeyId}/${scope}, SignedHeaders=${signed}, Signature=${signature}`,
    },
    body,
  })
  const answer = await response.text()
  const element = (name: string): string => {
    const value = new RegExp(`<${name}>([^<]+)</${name}>`).exec(answer)?.[1]
    // The response is not quoted, because it may contain half of the credentials.
    if (value === undefined) throw new Error(`status ${response.status} and no ${name} in the answer of the STS`)
    return value
  }
  return {
    accessKeyId: element("AccessKeyId"),
    secretAccessKey: element("SecretAccessKey"),
    sessionToken: element("SessionToken"),
  }
}
