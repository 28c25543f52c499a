/**
 * The vendors' published tables of errors, joined: what the code or the sentence of an answer means, as its vendor says.
 */
import type { S3Answer } from "../../answer.ts"
import { textOf } from "../text.ts"
import { azure } from "./azure.ts"
import { backblaze } from "./backblaze.ts"
import * as China from "./china.ts"
import { cloudflare } from "./cloudflare.ts"
import * as Clouds from "./clouds.ts"
import { google } from "./google.ts"
import type { Row, Told } from "./row.ts"
import * as Servers from "./servers.ts"

export type { Row } from "./row.ts"

/** The tables, those first whose words are their own. */
const tables: ReadonlyArray<Told> = [
  Servers.minio,
  Servers.garage,
  Servers.swift,
  Servers.seaweed,
  Servers.storagegrid,
  Servers.ceph,
  Clouds.archive,
  cloudflare,
  backblaze,
  google,
  azure,
  China.alibaba,
  China.tencent,
  China.huawei,
  China.others,
  Clouds.oracle,
  Clouds.supabase,
  Clouds.ibm,
]

interface Line {
  readonly row: Row
  readonly codes: ReadonlySet<string>
  readonly table: Told
}

const lines: ReadonlyArray<Line> = tables.flatMap((table) =>
  table.rows.map((row) => ({ row, codes: new Set(row.codes.split(" ").filter((code) => code !== "")), table })),
)

/** What an answer means by the table of the vendor that wrote it; `undefined` where no line has its code and sentence. */
export const of = (answer: S3Answer, vendor: string): Row | undefined => {
  if (answer.status === 0 || (answer.code === "" && answer.message === "")) return undefined
  const text = textOf({ answer })
  return lines.find(
    ({ codes, row, table }) =>
      (codes.size === 0 || codes.has(answer.code)) &&
      (row.says === undefined || row.says.test(text)) &&
      (table.of === undefined || table.of.some((name) => name === vendor)),
  )?.row
}

/** A code of the tables, with its documented status. */
export interface Code {
  readonly code: string
  readonly status: number
}

/** Every code of the tables; the first line of a code counts. */
export const codes: ReadonlyArray<Code> = lines.flatMap(({ codes: some, row }) =>
  [...some].map((code) => ({ code, status: row.status })),
)
