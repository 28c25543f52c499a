import { assert, describe, it } from "@effect/vitest"
import * as Redaction from "@holdfast/diagnosis/Redaction"
import * as Http from "@holdfast/http/Diagnosis"
import * as HttpCapture from "@holdfast/diagnosis/HttpCapture"
import * as Diagnosis from "@holdfast/oauth/Diagnosis"
import { OAuthError } from "@holdfast/oauth"
import { readdirSync, readFileSync } from "node:fs"

const folder = new URL("./fixtures/corpus/", import.meta.url)
const captures = readdirSync(folder)
  .filter((file) => file.endsWith(".http"))
  .flatMap((file) => HttpCapture.parse(readFileSync(new URL(file, folder))) ?? [])

describe("an explanation of OAuth", () => {
  it("does not include any secret from the exchange in the explanation", () => {
    const fields = {
      grant_type: "refresh_token",
      refresh_token: "CANARYrefreshCANARY",
      device_code: "CANARYdeviceCANARY",
      client_secret: "CANARYsecretCANARY",
      password: "CANARYpasswordCANARY",
      code: "CANARYcodeCANARY",
      code_verifier: "CANARYverifierCANARY",
      assertion: "CANARYassertionCANARY",
      invented: "CANARYinventedCANARY",
    }
    const headers = {
      authorization: "Bearer CANARYtokenCANARY",
      cookie: "a=CANARYcookieCANARY",
      "x-new": "CANARYnewCANARY",
    }
    const answers = [
      JSON.stringify({ error: "invalid_grant", error_description: "CANARYrefreshCANARY is unknown" }),
      JSON.stringify({
        error: "invalid_request",
        error_description: "device_code CANARYdeviceCANARY",
        access_token: "CANARYaccessCANARY",
      }),
      "<html><pre>error: invalid_client CANARYsecretCANARY</pre></html>",
    ]
    for (const body of answers) {
      for (const status of [200, 400, 401, 500]) {
        for (const encoded of [
          { body: new URLSearchParams(fields).toString() },
          { body: JSON.stringify(fields) },
          { form: Object.entries(fields).map(([name, value]) => ({ name, value })) },
        ]) {
          const exchange = {
            request: { method: "POST", url: "https://auth.example.com/token", headers, ...encoded },
            response: { status, body, headers: { "set-cookie": "CANARYsessionCANARY" } },
          }
          assert.notInclude(JSON.stringify(Diagnosis.explain(exchange)), "CANARY")
        }
      }
    }
  })

  it("returns the same explanation for an exchange that has already been redacted", () => {
    const redact = Redaction.make([Diagnosis.ruleSet.vocabulary, Http.ruleSet.vocabulary])
    for (const exchange of captures) assert.deepEqual(Diagnosis.explain(redact(exchange)), Diagnosis.explain(exchange))
  })

  it("returns the same verdict as the engine's row", () => {
    for (const { request, response } of captures) {
      if (response === undefined || response.status < 400) continue
      const explanation = Diagnosis.explain({ ...(request === undefined ? {} : { request }), response })
      if (explanation.vendor.system !== "oauth" || explanation.vendor.code === "") continue
      const { verdict } = OAuthError.fromResponse({ status: response.status, headers: {}, body: response.body ?? "" })
      // The engine does not read a page; the diagnosis reads the error in it.
      if ((response.body ?? "").startsWith("<")) continue
      assert.strictEqual(explanation.retry.verdict, verdict.retry, response.body)
    }
  })
})

describe("an error code of OAuth", () => {
  it("converts an OAuth error code to a minimal exchange that contains the code", () => {
    assert.deepEqual(Diagnosis.ofCode("slow_down"), { response: { status: 400, body: '{"error":"slow_down"}' } })
    assert.deepEqual(Diagnosis.ofCode("INVALID_CLIENT"), {
      response: { status: 401, body: '{"error":"invalid_client"}' },
    })
    assert.deepEqual(Diagnosis.ofCode("SlowDown"), Diagnosis.ofCode("slow_down"), "the name of the error")
    assert.isUndefined(Diagnosis.ofCode("NotAWord"))
  })

  it("finds a cause for the error code of each row", () => {
    for (const row of OAuthError.rows) {
      const exchange = row.key === undefined ? undefined : Diagnosis.ofCode(row.key)
      if (exchange === undefined || row.key === "invalid_client_version") continue
      assert.strictEqual(Diagnosis.explain(exchange).outcome, "explained", row.key)
    }
  })
})
