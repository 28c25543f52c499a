/**
 * Lists all HTTP rules, from the connection to the response.
 */
import { access } from "./access.ts"
import { answer } from "./answer.ts"
import { browser } from "./browser.ts"
import { connection } from "./connection.ts"
import { gateway } from "./gateway.ts"
import { grpc } from "./grpc.ts"
import { image } from "./image.ts"
import { intermediary } from "./intermediary.ts"
import { limit } from "./limit.ts"
import { name } from "./name.ts"
import { own } from "./own.ts"
import { portal } from "./portal.ts"
import { refusal } from "./refusal.ts"
import { proxy } from "./proxy.ts"
import { quota } from "./quota.ts"
import { request } from "./request.ts"
import { state } from "./state.ts"
import { statement } from "./statement.ts"
import { status } from "./status.ts"
import { tls } from "./tls/index.ts"
import { upgrade } from "./upgrade.ts"
import { unreachedHosts } from "./unreached.ts"
import { vendor } from "./vendor.ts"

/** Every rule. */
export const rules = [
  ...name,
  ...connection,
  ...unreachedHosts,
  ...own,
  ...proxy,
  ...browser,
  ...tls,
  ...portal,
  ...upgrade,
  ...grpc,
  ...request,
  ...answer,
  ...gateway,
  ...intermediary,
  ...quota,
  ...limit,
  ...state,
  ...image,
  ...vendor,
  ...access,
  ...refusal,
  ...status,
  ...statement,
]
