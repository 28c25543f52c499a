/**
 * The OAuth rules, in the order in which a server checks a request.
 */
import { quoting } from "../rule.ts"
import { account } from "./account.ts"
import { application } from "./application.ts"
import { bearer } from "./bearer.ts"
import { callback } from "./callback.ts"
import { client } from "./client.ts"
import { clientSecret } from "./clientSecret.ts"
import { device } from "./device.ts"
import { grant } from "./grant.ts"
import { proof } from "./proof.ts"
import { request } from "./request.ts"
import { server } from "./server.ts"
import { signed } from "./signed.ts"
import { token } from "./token.ts"

/** All rules. The server's own message is appended to the detail of each rule. */
export const rules = [
  ...request,
  ...clientSecret,
  ...client,
  ...application,
  ...grant,
  ...proof,
  ...account,
  ...device,
  ...bearer,
  ...signed,
  ...token,
  ...callback,
  ...server,
].map(quoting)
