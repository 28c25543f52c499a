/**
 * The message table, which lists vendors' messages with their allowed causes, meanings and sources. Plain data.
 */
import { azure } from "./azure.ts"
import { backblaze } from "./backblaze.ts"
import * as China from "./china.ts"
import { cloudflare } from "./cloudflare.ts"
import * as Clouds from "./clouds.ts"
import { codes } from "./codes.ts"
import { denial } from "./denial.ts"
import { google } from "./google.ts"
import { proof } from "./proof.ts"
import { remarks } from "./remarks.ts"
import { request } from "./request.ts"
import type { Documented, Row, Vendor } from "./row.ts"
import * as Servers from "./servers.ts"

/** The vendors' tables. Vendors with unique messages come first. */
const vendors: ReadonlyArray<Vendor> = [
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

/** The rows of the vendors' tables. */
export const documented: ReadonlyArray<Documented> = vendors.flatMap(({ rows, ...whose }) =>
  rows.map((row) => ({ ...row, ...whose })),
)

/** The rows that apply to several servers, with the most specific one first. */
export const shared: ReadonlyArray<Row> = [...request, ...proof, ...denial, ...remarks, ...codes]
