/**
 * boto3 as a signer: the Python library with which most servers make presigned forms and URLs.
 */
import { spawnSync } from "node:child_process"
import { join } from "node:path"
import type { Credentials } from "./Credentials.ts"

// The system's Python comes first: others on the path rarely have Debian's packages.
const python = ["/usr/bin/python3", "python3"].find(
  (command) => spawnSync(command, ["-c", "import boto3"], { stdio: "ignore" }).status === 0,
)

/** Why boto3 is not available, if it is not. */
export const missing = python === undefined ? "no boto3 here, install python3-boto3" : undefined

/** What to sign, and for whom. */
export interface Order {
  readonly endpoint: string
  readonly credentials: Credentials
  readonly bucket: string
  readonly key: string
  /** `s3v4` is signature version 4; `s3` is version 2, which boto3 still uses for forms unless the region forbids it. */
  readonly version: "s3v4" | "s3"
}

const sign = (order: object): unknown => {
  const { status, stdout, stderr } = spawnSync(python ?? "python3", [join(import.meta.dirname, "sign.py")], {
    input: JSON.stringify(order),
    encoding: "utf8",
  })
  if (status !== 0) throw new Error(`boto3 signed nothing:\n${stderr}`)
  return JSON.parse(stdout)
}

/** A presigned form, as returned by `generate_presigned_post`. */
export const post = (
  order: Order & {
    readonly fields?: Readonly<Record<string, string>>
    readonly conditions?: ReadonlyArray<unknown>
    readonly expiresIn?: number
  },
): { readonly url: string; readonly fields: Readonly<Record<string, string>> } =>
  sign({ ...order, what: "post" }) as { readonly url: string; readonly fields: Record<string, string> }

/** A presigned PUT URL, as returned by `generate_presigned_url`. */
export const put = (order: Order): string => sign({ ...order, what: "put" }) as string
