/**
 * `/device`: the page on which a user types the six digits and approves or rejects the device.
 */
import * as Effect from "effect/Effect"
import * as HttpRouter from "effect/http/HttpRouter"
import * as HttpServerRequest from "effect/http/HttpServerRequest"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import type { Backend } from "./backend.ts"
import { form } from "./body.ts"
import { page } from "../responses/approvalPage.ts"

export const pageRoutes = ({ accounts }: Backend) => [
  HttpRouter.route(
    "GET",
    "/device",
    Effect.map(HttpServerRequest.HttpServerRequest, (request) =>
      html(
        page({ state: "ask", userCode: new URL(request.url, "http://sandbox").searchParams.get("user_code") ?? "" }),
      ),
    ),
  ),
  HttpRouter.route(
    "POST",
    "/device",
    Effect.gen(function* () {
      const fields = (yield* form) ?? {}
      // People copy codes with spaces and dashes around them.
      const userCode = (fields["user_code"] ?? "").replace(/\D/g, "")
      const decision = fields["decision"] === "deny" ? "denied" : "approved"
      const found = yield* accounts.decide(userCode, decision)
      return found ? html(page({ state: decision })) : html(page({ state: "unknown", userCode }), 404)
    }),
  ),
]

const html = (body: string, status = 200) =>
  HttpServerResponse.text(body, {
    status,
    contentType: "text/html; charset=utf-8",
    // The page loads nothing and cannot be framed. A click on Approve is therefore always the person's own.
    headers: {
      "content-security-policy":
        "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; frame-ancestors 'none'",
      "cache-control": "no-store",
    },
  })
