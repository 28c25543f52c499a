import { assert, describe, it } from "@effect/vitest"
import type { Request } from "@holdfast/diagnosis/Exchange"
import * as RequestEdit from "@holdfast/diagnosis/RequestEdit"

const request: Request = {
  method: "POST",
  url: "https://h.example/a%20b?X-Amz-Date=1&keep=%2F&x%2Damz%2Ddate=2&flag",
  headers: { "Content-Type": "text/plain", "CONTENT-LENGTH": "3", Accept: "*/*" },
  body: "äb",
}

describe("RequestEdit", () => {
  it("removes and sets headers regardless of letter case, without changing the original request", () => {
    assert.deepStrictEqual(RequestEdit.withoutHeaders(request, "content-length", "accept").headers, {
      "Content-Type": "text/plain",
    })
    assert.deepStrictEqual(RequestEdit.withHeader(request, "content-type", "a/b").headers, {
      "CONTENT-LENGTH": "3",
      Accept: "*/*",
      "content-type": "a/b",
    })
    assert.deepStrictEqual(RequestEdit.withHeader({ method: "GET" }, "Accept", "a/b").headers, { Accept: "a/b" })
    assert.strictEqual(RequestEdit.headerOf(request, "content-type"), "text/plain")
  })

  it("removes parameters by their decoded names, and leaves the other parameters as written", () => {
    const without = (name: string) => RequestEdit.withoutParameters(request, (one) => one === name).url
    assert.strictEqual(without("x-amz-date"), "https://h.example/a%20b?keep=%2F&flag")
    assert.strictEqual(without("other"), request.url)
    assert.strictEqual(
      RequestEdit.withoutParameters({ url: "https://h.example/?a=1" }, () => true).url,
      "https://h.example/",
    )
  })

  it("removes headers that describe the old body when the body is replaced", () => {
    const changed = RequestEdit.withBody({ ...request, size: 3, form: [] }, "a/b", "new")
    assert.deepStrictEqual(changed.headers, { Accept: "*/*", "content-type": "a/b" })
    assert.deepStrictEqual([changed.body, changed.size, changed.form], ["new", undefined, undefined])
    const form = RequestEdit.withForm(request, [{ name: "a", value: "1" }])
    assert.deepStrictEqual([form.headers, form.body], [{ Accept: "*/*" }, undefined])
  })

  it("returns the length of the body in bytes, or its stated size", () => {
    assert.strictEqual(RequestEdit.lengthOf(request), 3)
    assert.strictEqual(RequestEdit.lengthOf({ ...request, size: 7 }), 7)
    assert.isUndefined(RequestEdit.lengthOf({ method: "PUT" }))
  })
})
