/**
 * The rules of OAuth, in the order in which a server looks at a request.
 */
import { bearer } from "./bearer.ts"
import { client } from "./client.ts"
import { device } from "./device.ts"
import { grant } from "./grant.ts"
import { request } from "./request.ts"
import { server } from "./server.ts"

/** Every rule. */
export const rules = [...request, ...client, ...grant, ...device, ...bearer, ...server]
