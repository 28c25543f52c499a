/**
 * The page that explains errors, built and opened from the disk in a real browser.
 */
import { assert, afterAll, beforeAll, describe, it } from "@effect/vitest"
import * as Explain from "@holdfast/explain/Explain"
import * as ExplainInput from "@holdfast/explain/Input"
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs"
import { createServer } from "node:http"
import type { AddressInfo } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { pathToFileURL } from "node:url"
import { build } from "vite"
import * as Chromium from "../../support/browser/Chromium.ts"
import { title } from "../../support/processes/Peer.ts"

const token = "EXAMPLEtokenEXAMPLEtokenEXAMPLEtoken"

const fields = [
  "key: talks/keynote.mov",
  "AWSAccessKeyId: ASIAEXAMPLEEXAMPLE01",
  `policy: ${Buffer.from('{"expiration":"2036-01-01T00:00:00Z","conditions":[["starts-with","$key",""],["starts-with","$x-amz-security-token",""]]}').toString("base64")}`,
  "signature: EXAMPLEsignatureEXAMPLEsign=",
  "file: (binary)",
  `x-amz-security-token: ${token}`,
].join("\n")

const error = "<Error><Code>InvalidAccessKeyId</Code><Message>The key does not exist in our records.</Message></Error>"

describe.skipIf(Chromium.missing !== undefined)(title("the page that explains, in Chromium", Chromium.missing), () => {
  let directory = ""
  let address = ""
  let browser: Awaited<ReturnType<typeof Chromium.open>>

  beforeAll(async () => {
    directory = mkdtempSync(join(tmpdir(), "holdfast-explain-"))
    await build({
      configFile: join(import.meta.dirname, "../../../explain/page/vite.config.ts"),
      logLevel: "error",
      build: { outDir: directory, emptyOutDir: true },
    })
    address = pathToFileURL(join(directory, "index.html")).href
    browser = await Chromium.open()
  })
  afterAll(async () => {
    await browser?.close()
    rmSync(directory, { recursive: true, force: true })
  })

  const opened = async () => {
    const page = await browser.newPage()
    await page.goto(address)
    return page
  }

  const input = (page: Chromium.Page, id: string, text: string) =>
    page.evaluate(`{
      const control = document.getElementById(${JSON.stringify(id)})
      control.value = ${JSON.stringify(text)}
      control.dispatchEvent(new Event("input", { bubbles: true }))
    }`)

  const text = (page: Chromium.Page, selector: string) =>
    page.evaluate<ReadonlyArray<string>>(
      `Array.from(document.querySelectorAll(${JSON.stringify(selector)}), (one) => one.textContent)`,
    )

  /** The requests of the page, without the browser's icons from `data:` URLs. */
  const sent = (page: Chromium.Page) => page.requests.filter((url) => !url.startsWith("data:"))

  const late = `document.querySelector("#result .line code")?.textContent === "HF-S3-POST-011"`

  it("reports the cause, highlights its location in the form, and does not show secrets", async () => {
    const page = await opened()
    await input(page, "error", error)
    await input(page, "paste", fields)
    await page.until(late)
    assert.deepStrictEqual(await text(page, "#result .line .chip"), [
      // The status is assumed: only the response document was pasted.
      "likely",
      ...(await text(page, "#result .others .chip")),
    ])
    assert.deepStrictEqual(await text(page, "#result .form .marked .place"), ["5", "6"])
    assert.deepStrictEqual(await text(page, "#result .form .cut .name"), ["file"])
    assert.deepStrictEqual(await text(page, "#result .form .late .name"), ["x-amz-security-token"])
    assert.deepStrictEqual(await text(page, "#result .stop"), ["S3 stops reading here"])
    assert.match((await text(page, "#live"))[0] ?? "", /^likely: A form field comes after "file"/)
    const shown = (await text(page, "#result"))[0] ?? ""
    for (const secret of [token, "EXAMPLEEXAMPLE01", "EXAMPLEsignature"]) assert.notInclude(shown, secret)
    assert.include((await text(page, "#result .ruled"))[0] ?? "", "policy")
    assert.deepStrictEqual(page.errors, [])
    assert.deepStrictEqual(sent(page), [address])
  })

  it("updates the order, the explanation and the button labels when the user moves a part", async () => {
    const page = await opened()
    await input(page, "error", error)
    await input(page, "paste", fields)
    await page.until(late)
    await page.evaluate(`document.querySelector('[aria-label="Move part 6 up"]').click()`)
    await page.until(`!(${late})`)
    assert.deepStrictEqual(
      await page.evaluate(
        `Array.from(document.querySelectorAll("#parts li > input:first-of-type"), (one) => one.value)`,
      ),
      ["key", "AWSAccessKeyId", "policy", "signature", "x-amz-security-token", "file"],
    )
    assert.strictEqual(await page.evaluate("document.activeElement.ariaLabel"), "Move part 5 up")
    assert.deepStrictEqual(await text(page, "#result .stop"), [])
    assert.deepStrictEqual(page.errors, [])
  })

  it("reads a capture from a file, including the captured form", async () => {
    const page = await opened()
    const capture = join(directory, "failed.http")
    const part = (name: string, value: string) =>
      `--x\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`
    const body = fields
      .split("\n")
      .map((line) => line.split(": ") as [string, string])
      .map(([name, value]) => (name === "file" ? part('file"; filename="a.mov', "bytes") : part(name, value)))
      .join("")
    writeFileSync(
      capture,
      `POST / HTTP/1.1\r\nHost: talks.s3.amazonaws.com\r\nContent-Type: multipart/form-data; boundary=x\r\n\r\n${body}--x--\r\nHTTP/1.1 403 Forbidden\r\nContent-Type: application/xml\r\n\r\n${error}`,
    )
    await page.choose("#open", capture)
    await page.until(late)
    assert.strictEqual(await page.evaluate("document.getElementById('url').value"), "https://talks.s3.amazonaws.com/")
    assert.strictEqual((await text(page, "#parts li")).length, 6)
    assert.deepStrictEqual(page.errors, [])
    assert.deepStrictEqual(sent(page), [address])
  })

  it("explains a code without a form, and a vendor's code together with the form", async () => {
    const page = await opened()
    await input(page, "error", "hf-s3-post-011")
    await page.until(late)
    assert.deepStrictEqual(await text(page, "#result .chip.certain"), [])
    await input(page, "error", "slow_down")
    await page.until(`document.querySelector("#result .line code")?.textContent.startsWith("HF-OAUTH-") === true`)
    await input(page, "error", "InvalidAccessKeyId")
    await input(page, "paste", fields)
    await page.until(late)
    assert.strictEqual((await text(page, "#result .chip"))[0], "likely")
    await input(page, "error", "no code of anybody")
    await page.until(`document.getElementById("error-note").classList.contains("bad")`)
    assert.deepStrictEqual(page.errors, [])
  })

  it("uses the given time for the explanation", async () => {
    const page = await opened()
    const [key = "", id = "", policy = "", signature = "", file = "", late = ""] = fields.split("\n")
    await input(page, "error", "<Error><Code>AccessDenied</Code></Error>")
    await input(page, "paste", [key, id, policy, signature, late, file].join("\n"))
    await input(page, "at", "2036-06-01T00:00:00")
    await page.until(`document.querySelector("#result h2")?.textContent.includes("expired") === true`)
    await input(page, "at", "2026-06-01T00:00:00")
    await page.until(`document.querySelector("#result h2")?.textContent.includes("expired") === false`)
    assert.deepStrictEqual(page.errors, [])
  })

  it("explains each of its examples", async () => {
    const page = await opened()
    const labels = await text(page, "#examples button")
    assert.isAtLeast(labels.length, 4)
    for (const index of labels.keys()) {
      await page.evaluate(`document.querySelectorAll("#examples button")[${index}].click()`)
      const [code = ""] = await text(page, "#result .line code")
      assert.match(code, /^HF-[A-Z0-9]+-[A-Z]+-\d{3}$/, labels[index])
    }
    assert.deepStrictEqual(page.errors, [])
    assert.deepStrictEqual(sent(page), [address])
  })

  it("marks changed lines with a symbol, not only with color", async () => {
    const page = await opened()
    await page.evaluate(`document.querySelector("#examples button").click()`)
    const lines = (kind: string) => text(page, `#result .repair ${kind}`)
    const [moved = "", file = ""] = await lines("del")
    assert.match(moved, /^−Removed: 5 {2}file: /)
    assert.match(file, /^−Removed: 6 {2}x-amz-security-token: /)
    assert.deepStrictEqual(
      (await lines("ins")).map((line) => line.slice(0, 10)),
      ["+Added: 5 ", "+Added: 6 "],
    )
  })

  it("reads pasted text exactly as the command reads it", async () => {
    const corpus = join(import.meta.dirname, "../../../explain/test/corpus")
    const files = ["cases", "open"].flatMap((part) =>
      readdirSync(join(corpus, part), { recursive: true, encoding: "utf8" })
        .map((name) => join(corpus, part, name))
        .filter((path) => /\.(?:http|txt|json|har)$/.test(path)),
    )
    assert.isAbove(files.length, 250)
    const different: Array<unknown> = []
    const rest = files.values()
    let pastes = 0
    // Waiting takes most of the time of a paste, so four pages are open at once.
    const tab = async () => {
      const page = await opened()
      for (const path of rest) {
        const pasted = readFileSync(path, "utf8")
        const read = ExplainInput.recognize(new TextEncoder().encode(pasted))
        const code = read._tag === "Exchange" ? Explain.explain(read.exchange).code : undefined
        const wanted = JSON.stringify(code ?? "")
        // The earlier content is removed first, so that the result of the previous paste is not read.
        await page.evaluate(`document.getElementById("clear").click()`)
        await input(page, "error", pasted)
        await page.until(`document.getElementById("error-note").textContent !== ""`)
        const shown = `(document.querySelector("#result > header .line code")?.textContent ?? "")`
        // The page waits for a pause in typing.
        const got = await page.evaluate(`new Promise((resolve) => setTimeout(() => resolve(${shown}), 170))`)
        if (JSON.stringify(got) !== wanted) different.push([path, got, code])
        pastes++
      }
      assert.deepStrictEqual(page.errors, [])
    }
    await Promise.all(Array.from({ length: 4 }, tab))
    assert.strictEqual(pastes, files.length)
    assert.deepStrictEqual(different, [])
  }, 300_000)

  it("treats pasted content as plain text, whatever it contains", async () => {
    const page = await opened()
    const markup = `<img src="x" onerror="document.title='run'"><script>document.title='run'</script>`
    await input(
      page,
      "error",
      `<Error><Code>${markup.replaceAll("<", "&lt;")}</Code><Message>${markup}</Message></Error>`,
    )
    await input(page, "paste", `${markup.replaceAll("\n", "")}=1\nkey: ${markup}\nfile: (binary)`)
    await page.until(`document.querySelector("#result h2") !== null`)
    assert.strictEqual(await page.evaluate("document.title"), "Holdfast explain")
    assert.strictEqual(await page.evaluate(`document.querySelectorAll("#result img, #result script").length`), 0)
    assert.deepStrictEqual(page.errors, [])
  })

  it("cannot send a request, even if the page's code tries to send one", async () => {
    const asked: Array<string | undefined> = []
    let connections = 0
    const server = createServer(({ url }, response) => {
      asked.push(url)
      response.end()
    }).on("connection", () => connections++)
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
    try {
      const target = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
      const page = await opened()
      const tried = await page.evaluate(`(async () => {
        const target = ${JSON.stringify(target)}
        const refused = (promise) => promise.then(() => "sent", () => "refused")
        const image = new Promise((resolve, reject) => {
          const one = new Image()
          one.onload = resolve
          one.onerror = reject
          one.src = target
        })
        const socket = new Promise((resolve, reject) => {
          const one = new WebSocket(target.replace("http", "ws"))
          one.onopen = resolve
          one.onerror = reject
        })
        navigator.sendBeacon(target, "x")
        return await Promise.all([refused(fetch(target, { mode: "no-cors" })), refused(image), refused(socket)])
      })()`)
      assert.deepStrictEqual(tried, ["refused", "refused", "refused"])
      assert.strictEqual(connections, 0)
      await page.evaluate(`{
        const form = document.createElement("form")
        form.action = ${JSON.stringify(target)}
        form.method = "post"
        document.body.append(form)
        form.submit()
      }`)
      await page.evaluate("new Promise((resolve) => setTimeout(resolve, 200))")
      assert.isTrue(page.errors.some((said) => said.includes("form-action 'none'")))
      // The browser opens a connection before its policy forbids the navigation; nothing is sent over it.
      assert.deepStrictEqual(asked, [])
      assert.strictEqual(await page.evaluate("location.href"), address)
    } finally {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    }
  })

  it("gives every control an accessible name, and fits a width of 320 pixels", async () => {
    const page = await opened()
    await page.evaluate(`document.querySelector("#examples button").click()`)
    const nameless = await page.evaluate(`Array.from(document.querySelectorAll("input, textarea, button, a, summary"))
      .filter((one) => !(one.ariaLabel || one.labels?.length || one.textContent.trim()) && !one.hidden)
      .map((one) => one.outerHTML)`)
    assert.deepStrictEqual(nameless, [])
    for (const width of [320, 360, 800, 1280, 1920]) {
      await page.resize(width, 800)
      assert.isAtMost(await page.evaluate<number>("document.documentElement.scrollWidth"), width)
    }
  })
})
