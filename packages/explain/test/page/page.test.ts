import { assert, beforeAll, describe, it } from "@effect/vitest"
import { createHash } from "node:crypto"
import { readFileSync } from "node:fs"
import * as ExplainPage from "../../page/build.ts"

let page = ""
beforeAll(async () => {
  page = await ExplainPage.build()
}, 60_000)

const hash = (text: string | undefined) =>
  `'sha256-${createHash("sha256")
    .update(text ?? "")
    .digest("base64")}'`

describe("the page of explain", () => {
  it("builds the page as a single file that contains its script and style and does not load anything", () => {
    // The closing tag does not occur inside the script, so the script ends where it seems to.
    assert.deepStrictEqual(page.match(/<\/?script>?|<!--/gi), ["<script>", "</script>"])
    assert.strictEqual(page.match(/<style/g)?.length, 1)
    const markup = page.replace(/<script>[^]*<\/script>/, "")
    assert.notMatch(markup, /<link(?! rel="icon" href="data:,")|<img|<iframe|<object| on\w+=/)
    assert.notMatch(/<style>([^]*?)<\/style>/.exec(page)?.[1] ?? "", /@import|url\(/)
  })

  it("permits only the page's own script and style, and blocks all connections", () => {
    const script = /<script>([^]*?)<\/script>/.exec(page)?.[1]
    const style = /<style>([^]*?)<\/style>/.exec(page)?.[1]
    const policy = /<meta http-equiv="Content-Security-Policy" content="([^"]*)"/.exec(page)?.[1]
    assert.deepStrictEqual(policy?.split("; "), [
      "default-src 'none'",
      `script-src ${hash(script)}`,
      `style-src ${hash(style)}`,
      "img-src data:",
      "connect-src 'none'",
      "form-action 'none'",
      "base-uri 'none'",
    ])
    // A policy applies only to what follows it.
    assert.isBelow(page.indexOf("Content-Security-Policy"), page.indexOf("<style"))
  })

  it("builds the page with the size stated in its README (npm run docs:generate)", () => {
    const stated =
      /At most (\d+) kB, (\d+) kB compressed/.exec(
        readFileSync(new URL("../../page/README.md", import.meta.url), "utf8"),
      ) ?? []
    for (const [index, bytes] of ExplainPage.sizes(page).entries()) {
      const most = Number(stated[index + 1]) * 1000
      assert.isAtMost(bytes, most)
      assert.isAtLeast(bytes, most * 0.75)
    }
  })
})
