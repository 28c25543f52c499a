/**
 * boto3 as a signer: the Python that most servers make presigned forms and URLs with.
 */
import { spawnSync } from "node:child_process"
import { join } from "node:path"
import type { Credentials } from "./Credentials.ts"

// The system's own first: another Python on the path seldom has Debian's packages.
const python = ["/usr/bin/python3", "python3"].find(
  (command) => spawnSync(command, ["-c", "import boto3"], { stdio: "ignore" }).status === 0,
)

/** Why there is none here. */
export const missing = python === undefined ? "no boto3 here, install python3-boto3" : undefined

/** What is to be signed, for whom. */
export interface Order {
  readonly endpoint: string
  readonly credentials: Credentials
  readonly bucket: string
  readonly key: string
  /** `s3v4` is signature version 4; `s3` is version 2, which boto3 still makes forms with where no region forbids it. */
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

/** A presigned form, as `generate_presigned_post` gives it. */
export const post = (
  order: Order & {
    readonly fields?: Readonly<Record<string, string>>
    readonly conditions?: ReadonlyArray<unknown>
    readonly expiresIn?: number
  },
): { readonly url: string; readonly fields: Readonly<Record<string, string>> } =>
  sign({ ...order, what: "post" }) as { readonly url: string; readonly fields: Record<string, string> }

/** A presigned PUT URL, as `generate_presigned_url` gives it. */
export const put = (order: Order): string => sign({ ...order, what: "put" }) as string
