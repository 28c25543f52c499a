/** Bundles a page with vite, as an application does, and opens it in Chromium. */
import { execFile, spawnSync } from "node:child_process"
import { readFileSync } from "node:fs"
import { createServer } from "node:http"
import type { AddressInfo } from "node:net"
import { extname, join } from "node:path"
import { promisify } from "node:util"
import { build } from "vite"
import * as Project from "../project.ts"

const program = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"].find(
  (name) => spawnSync(name, ["--version"]).status === 0,
)

const page = `import * as Pipeline from "@holdfast/core/Pipeline"
import * as HttpPipeline from "@holdfast/http/HttpPipeline"
import * as Explain from "@holdfast/explain/Explain"
import * as PresignedPost from "@holdfast/s3/PresignedPost"

const pipeline = Pipeline.makeUnsafe(Pipeline.retry())
const fetching = HttpPipeline.fetch(pipeline)
const response = await fetching("/hello")
const loaded = [Explain, PresignedPost].every((module) => Object.keys(module).length > 0)
document.body.textContent = loaded ? await response.text() : "a module is empty"
`

const types: Readonly<Record<string, string>> = { ".html": "text/html", ".js": "text/javascript" }

/** Serves a folder on loopback, and answers `/hello`. */
const serve = async (folder: string): Promise<{ readonly url: string; readonly close: () => void }> => {
  const server = createServer(({ url = "/" }, response) => {
    if (url === "/hello") return void response.end("the page has its answer")
    const { pathname } = new URL(url, "http://127.0.0.1")
    try {
      const content = readFileSync(join(folder, pathname === "/" ? "index.html" : pathname))
      response.setHeader("content-type", types[extname(pathname === "/" ? ".html" : pathname)] ?? "text/html")
      response.end(content)
    } catch {
      response.writeHead(404).end()
    }
  })
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  const { port } = server.address() as AddressInfo
  return { url: `http://127.0.0.1:${port}/`, close: () => void server.close() }
}

/** Returns a line for the report, which says so if there is no browser. */
export const check = async (project: string): Promise<string> => {
  Project.write(project, {
    "index.html": '<!doctype html><body>loading<script type="module" src="/page.js"></script></body>',
    "page.js": page,
  })
  const outDir = join(project, "page")
  await build({ root: project, configFile: false, logLevel: "error", build: { outDir, target: "es2023" } })
  if (program === undefined) return "vite: bundles a page; Chromium is not installed to open it"
  const { close, url } = await serve(outDir)
  try {
    const profile = Project.folder("chromium")
    const quiet = ["--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", `--user-data-dir=${profile}`]
    const args = [...quiet, "--virtual-time-budget=10000", "--dump-dom", url]
    const { stdout } = await promisify(execFile)(program, args, { timeout: 60_000 })
    if (!stdout.includes("the page has its answer")) throw new Error(`the page in Chromium:\n${stdout}`)
    return "vite: bundles a page, and Chromium runs it"
  } finally {
    close()
  }
}
