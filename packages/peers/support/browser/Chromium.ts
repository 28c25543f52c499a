/**
 * A real headless browser, controlled by its DevTools protocol.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import * as DevTools from "./DevTools.ts"
import * as Leash from "../processes/Leash.ts"
import * as Peer from "../processes/Peer.ts"

const program = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"]
  .map(Peer.which)
  .find((path) => path !== undefined)

/** Why Chromium is not available, if it is not. */
export const missing = program === undefined ? "no chromium here, install chromium" : undefined

/** One tab. */
export interface Page {
  /** Loads a page, and waits until the page and its requests have loaded. */
  readonly goto: (url: string) => Promise<void>
  /** Returns the value of a JavaScript expression, awaited if it is a promise; it must be JSON. */
  readonly evaluate: <A = unknown>(expression: string) => Promise<A>
  /** Evaluates an expression until it is true, for at most 10 s. */
  readonly until: (expression: string) => Promise<void>
  /** Chooses files for the file input that a selector finds, as a person does in the file dialog. */
  readonly choose: (selector: string, ...files: ReadonlyArray<string>) => Promise<void>
  /** The size of the window, in CSS pixels; 1280 by 720 unless set. */
  readonly resize: (width: number, height: number) => Promise<void>
  /** Writes a PNG of the visible part. */
  readonly screenshot: (path: string) => Promise<void>
  /** The output of `console.error`, uncaught exceptions, and complaints of the browser. */
  readonly errors: ReadonlyArray<string>
  /** The URLs that the page has requested, starting with its own. */
  readonly requests: ReadonlyArray<string>
}

/** A browser. */
export interface Browser {
  readonly newPage: () => Promise<Page>
}

/**
 * Starts a browser with a new profile; `close` ends it.
 *
 * It resolves no host except 127.0.0.1, so that no test depends on the network.
 */
export const open = async (): Promise<Browser & { readonly close: () => Promise<void> }> => {
  if (program === undefined) throw new Error(missing)
  const leash = Leash.make("holdfast-chromium")
  const profile = join(leash.directory, "profile")
  mkdirSync(profile)
  const browser = leash.start("chromium", program, [...flags, `--user-data-dir=${profile}`, "about:blank"])
  try {
    const connection = await connect(profile, () => browser.exitCode !== null)
    return {
      newPage: () => newPage(connection),
      close: () => {
        connection.close()
        return leash.release()
      },
    }
  } catch (cause) {
    const logs = Leash.tail(leash.directory)
    await leash.release()
    throw new Error(`the browser did not start\n${logs}`, { cause })
  }
}

/** Passes a browser to `use`, and ends it afterwards in every case. */
export const withChromium = async <A>(use: (browser: Browser) => Promise<A>): Promise<A> => {
  const browser = await open()
  try {
    return await use(browser)
  } finally {
    await browser.close()
  }
}

const flags = [
  "--headless",
  // The browser's sandbox needs rights that a container lacks; only our own pages are opened.
  "--no-sandbox",
  "--disable-gpu",
  "--disable-dev-shm-usage",
  "--disable-quic",
  "--disable-background-networking",
  // Without these, Chromium delays the timers of background pages.
  "--disable-background-timer-throttling",
  "--disable-backgrounding-occluded-windows",
  "--disable-renderer-backgrounding",
  "--disable-component-update",
  "--disable-sync",
  "--no-first-run",
  "--no-default-browser-check",
  "--password-store=basic",
  "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
  "--window-size=1280,720",
  "--remote-debugging-port=0",
]

/** The browser writes its chosen port and a path into its profile. */
const connect = async (profile: string, ended: () => boolean): Promise<DevTools.Connection> => {
  const file = join(profile, "DevToolsActivePort")
  const [port, path] = await Peer.until(
    () => {
      const lines = existsSync(file) ? readFileSync(file, "utf8").split("\n") : []
      return lines.length === 2 ? lines : undefined
    },
    { what: "waiting for the browser's port", seconds: 30, ended },
  )
  return await DevTools.connect(`ws://127.0.0.1:${port}${path}`)
}

interface RemoteObject {
  readonly value?: unknown
  readonly description?: string
}

interface ExceptionDetails {
  readonly text: string
  readonly exception?: RemoteObject
}

const newPage = async (connection: DevTools.Connection): Promise<Page> => {
  const { targetId } = await connection.send<{ readonly targetId: string }>("Target.createTarget", {
    url: "about:blank",
  })
  const tab = await connection.attach(targetId)
  const errors: Array<string> = []
  const requests: Array<string> = []
  const said = ({ exception, text }: ExceptionDetails) =>
    exception?.description ?? `${text} ${String(exception?.value)}`
  tab.on<{ readonly exceptionDetails: ExceptionDetails }>("Runtime.exceptionThrown", ({ exceptionDetails }) => {
    errors.push(said(exceptionDetails))
  })
  tab.on<{ readonly type: string; readonly args: ReadonlyArray<RemoteObject> }>(
    "Runtime.consoleAPICalled",
    ({ args, type }) => {
      if (type === "error") errors.push(args.map(({ description, value }) => description ?? String(value)).join(" "))
    },
  )
  tab.on<{ readonly entry: { readonly level: string; readonly text: string; readonly url?: string } }>(
    "Log.entryAdded",
    ({ entry }) => {
      if (entry.level === "error") errors.push(`${entry.text} ${entry.url ?? ""}`.trim())
    },
  )
  tab.on<{ readonly request: { readonly url: string } }>("Network.requestWillBeSent", ({ request }) => {
    requests.push(request.url)
  })
  for (const domain of ["Page", "Runtime", "Log", "Network", "DOM"]) await tab.send(`${domain}.enable`)

  const evaluate = async <A>(expression: string): Promise<A> => {
    const { exceptionDetails, result } = await tab.send<{
      readonly result: RemoteObject
      readonly exceptionDetails?: ExceptionDetails
    }>("Runtime.evaluate", { expression, awaitPromise: true, returnByValue: true, userGesture: true })
    if (exceptionDetails !== undefined) throw new Error(`in the page: ${said(exceptionDetails)}`)
    return result.value as A
  }

  return {
    errors,
    requests,
    evaluate,
    goto: async (url) => {
      const loaded = tab.once("Page.loadEventFired")
      const { errorText } = await tab.send<{ readonly errorText?: string }>("Page.navigate", { url })
      if (errorText !== undefined) throw new Error(`${url} was not loaded: ${errorText}`)
      await loaded
    },
    until: async (expression) => {
      await Peer.until(async () => ((await evaluate(expression)) === true ? true : undefined), {
        what: `waiting for ${expression}`,
        seconds: 10,
      })
    },
    choose: async (selector, ...files) => {
      const { root } = await tab.send<{ readonly root: { readonly nodeId: number } }>("DOM.getDocument")
      const { nodeId } = await tab.send<{ readonly nodeId: number }>("DOM.querySelector", {
        nodeId: root.nodeId,
        selector,
      })
      await tab.send("DOM.setFileInputFiles", { nodeId, files })
    },
    resize: async (width, height) => {
      await tab.send("Emulation.setDeviceMetricsOverride", { width, height, deviceScaleFactor: 1, mobile: false })
    },
    screenshot: async (path) => {
      const { data } = await tab.send<{ readonly data: string }>("Page.captureScreenshot", { format: "png" })
      writeFileSync(path, Buffer.from(data, "base64"))
    },
  }
}
