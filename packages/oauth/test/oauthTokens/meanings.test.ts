import { assert, describe, it } from "@effect/vitest"
import { Effect, Fiber } from "effect"
import { TestClock } from "effect/testing"
import { readFileSync } from "node:fs"
import { SignInNeeded } from "@holdfast/core"
import { RefreshMeaning } from "@holdfast/oauth"
import { answer, fails, refuses, type Step } from "../support/server.ts"
import { renewed, rejected, make, outcome } from "../support/tokens.ts"

describe("OAuthTokens", () => {
  describe("the table of meanings", () => {
    const rows: ReadonlyArray<readonly [tag: string, next: RefreshMeaning.Next, step: Step]> = [
      ["AuthorizationPending", "sign-in", refuses("authorization_pending")],
      ["SlowDown", "again", refuses("slow_down")],
      ["SlowDown", "again", answer(429, "")],
      ["AccessDenied", "sign-in", refuses("access_denied", 401)],
      ["ExpiredToken", "sign-in", refuses("expired_token")],
      ["InvalidGrant", "sign-in", refuses("invalid_grant")],
      ["InvalidGrant", "sign-in", refuses("token_inactive", 401)],
      ["InvalidRequest", "sign-in", refuses("invalid_request")],
      ["InvalidClient", "client", refuses("invalid_client")],
      ["InvalidClientVersion", "client", refuses("invalid_client_version")],
      ["UnauthorizedClient", "sign-in", answer(401, "")],
      ["UnsupportedGrantType", "client", refuses("unsupported_grant_type")],
      ["UnsupportedTokenType", "client", refuses("unsupported_token_type")],
      ["InvalidScope", "sign-in", refuses("invalid_scope")],
      ["InteractionRequired", "sign-in", refuses("interaction_required")],
      ["NotFound", "again", answer(404, "not here")],
      ["ServerError", "lost", answer(500, "oops")],
      ["TemporarilyUnavailable", "again", answer(503, "")],
      ["GatewayFailure", "lost", answer(504, "")],
      ["UnknownOAuthError", "once", answer(418, "")],
      ["UnknownOAuthError", "lost", answer(520, "")],
      ["UnknownOAuthError", "lost", answer(499, "")],
      ["nothing reached the server", "again", fails("ENOTFOUND")],
      ["a captive portal", "again", answer(200, "<html>", { "content-type": "text/html" })],
      ["the request may have arrived", "lost", fails("EPIPE")],
    ]
    for (const [tag, next, step] of rows) {
      it.effect(`classifies ${tag} as ${next}`, () =>
        Effect.gen(function* () {
          const { arrived, service } = yield* make([step, step, renewed])
          const fiber = yield* Effect.forkChild(outcome(service.refresh(rejected)))
          yield* TestClock.adjust("1 minute")
          const result = yield* Fiber.join(fiber)
          assert.strictEqual(arrived.length, next === "again" ? 3 : next === "once" || next === "lost" ? 2 : 1)
          if (next === "again") assert.strictEqual(result, "access-2")
          else {
            assert.instanceOf(result, SignInNeeded)
            const own = Object.entries(RefreshMeaning.table).find(([one]) => one === tag)?.[1].action
            assert.strictEqual(result.action, own ?? RefreshMeaning.action[next])
          }
        }),
      )
    }

    it("matches the table in the README", () => {
      const readme = readFileSync(new URL("../../README.md", import.meta.url), "utf8")
      const shown = [
        `| nothing reached the server | ${RefreshMeaning.ofTransport({ reached: "nothing" }).next} |`,
        `| the request may have arrived | ${RefreshMeaning.ofTransport({ reached: "maybe" }).next} |`,
        `| \`AnswerUnreadable\` | ${RefreshMeaning.unreadable.next} |`,
        ...Object.entries(RefreshMeaning.table).map(([tag, { next }]) => `| \`${tag}\` | ${next} |`),
      ]
      assert.include(readme, `| answer | next |\n| --- | --- |\n${shown.join("\n")}\n\n`)
    })

    it("has a test case for every tag in the table of meanings", () => {
      const tags = new Set(rows.map(([tag]) => tag))
      for (const tag of Object.keys(RefreshMeaning.table)) assert.isTrue(tags.has(tag), tag)
    })
  })
})
