/**
 * The environment of a scenario: a folder with files, a sandbox behind its front, a home with a token pair, and the command.
 */
import * as FaultPlan from "@holdfast/sandbox/FaultPlan"
import { Sandbox } from "@holdfast/sandbox/Sandbox"
import type { StoredAsset } from "@holdfast/sandbox/StoredAsset"
import { TokenStore } from "@holdfast/oauth/TokenStore"
import * as NodeServices from "@effect/platform-node/NodeServices"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as ManagedRuntime from "effect/ManagedRuntime"
import * as Redacted from "effect/Redacted"
import { spawnSync } from "node:child_process"
import * as Crypto from "node:crypto"
import * as Fs from "node:fs"
import { join } from "node:path"
import type { Front, Secure } from "./front.ts"
import * as FrontServer from "./front.ts"
import type { Running } from "./process.ts"
import * as Process from "./process.ts"

/** The chunk size in the sandbox, in bytes. */
export const chunkSize = 256 * 1024

/** How a process differs from the default. */
export interface Options {
  readonly env?: NodeJS.ProcessEnv
  /** Makes waits `factor` times shorter, and shifts the time of day by `shift` milliseconds. */
  readonly clock?: { readonly factor?: number; readonly shift?: number }
  /** Another program in place of Node; its arguments begin with the file of the command. */
  readonly program?: string
  readonly before?: ReadonlyArray<string>
}

export interface Stage {
  /** The folder that contains all stages. */
  readonly parent: string
  /** The folder of the files, in which processes run. */
  readonly folder: string
  readonly home: string
  readonly front: Front
  /** Writes a file of random bytes, registers them, and returns the path. */
  readonly file: (name: string | Buffer, bytes?: number) => string
  /** Registers bytes, so that an asset with them counts as complete. */
  readonly remember: (bytes: Buffer) => void
  /** Starts `holdfast` with arguments. */
  readonly start: (args: ReadonlyArray<string>, options?: Options) => Running
  /** Starts `holdfast upload` to the front with `--json`, one chunk at a time. */
  readonly upload: (args: ReadonlyArray<string>, options?: Options) => Running
  /** The assets in the sandbox. */
  readonly assets: () => Promise<ReadonlyArray<StoredAsset>>
  /** The assets that contain the bytes of a local file. */
  readonly whole: () => Promise<ReadonlyArray<StoredAsset>>
  /**
   * Writes a token pair that the sandbox accepts. With `expired` the access token has expired, so that a refresh is necessary.
   */
  readonly pair: (expired?: boolean) => Promise<void>
  readonly end: () => Promise<void>
}

const sha256 = (bytes: Buffer): string => Crypto.createHash("sha256").update(bytes).digest("hex")

/** The host names of a front with TLS, and the certificate file below the folder of the stages. */
export const names = { api: "api.holdfast.test", storage: "storage.holdfast.test" }
export const certificate = (parent: string): string => join(parent, "cert.pem")

/** Makes a certificate for these names with `openssl`. */
export const secure = (parent: string): Secure => {
  const [key, cert] = [join(parent, "key.pem"), certificate(parent)]
  const subject = ["-subj", "/CN=holdfast.test", "-addext", `subjectAltName=DNS:${names.api},DNS:${names.storage}`]
  const kind = ["-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"]
  if (!Fs.existsSync(cert)) spawnSync("openssl", ["req", ...kind, ...subject, "-keyout", key, "-out", cert])
  return { key: Fs.readFileSync(key, "utf8"), cert: Fs.readFileSync(cert, "utf8"), ...names }
}

/** Makes a new stage below `parent`; all stages share `cache`. */
export const make = async (parent: string, secure?: Secure): Promise<Stage> => {
  const root = Fs.mkdtempSync(join(parent, "stage-"))
  const [folder, home, stored] = ["files", "home", "stored"].map((name) => join(root, name)) as [string, string, string]
  for (const path of [folder, home, stored]) Fs.mkdirSync(path, { mode: 0o700 })
  const runtime = ManagedRuntime.make(
    Sandbox.layer({ plan: FaultPlan.named.calm, seed: 1, directory: stored, chunkSize }),
  )
  const sandbox = await runtime.runPromise(Sandbox)
  const front = await FrontServer.start(sandbox.url, secure)
  const known = new Set<string>()

  const start: Stage["start"] = (args, { before = [], clock, env, program = process.execPath } = {}) => {
    const own = {
      PATH: process.env["PATH"],
      HOME: home,
      HOLDFAST_HOME: home,
      TMPDIR: root,
      XDG_CACHE_HOME: join(parent, "cache"),
      LANG: "C.UTF-8",
    }
    const clocked =
      clock === undefined
        ? {}
        : {
            NODE_OPTIONS: `--import=${new URL("clock.ts", import.meta.url).href}`,
            HOLDFAST_BENCH_CLOCK: JSON.stringify(clock),
          }
    return Process.start(program, [...before, Process.bin, ...args], {
      cwd: folder,
      env: { ...own, ...clocked, ...env },
    })
  }

  const post = async (path: string, fields: Record<string, string>) => {
    const response = await fetch(`${sandbox.url}/v2/auth/${path}`, {
      method: "POST",
      headers: { "x-client-version": "1.0.0" },
      body: new URLSearchParams({
        client_id: Sandbox.credentials.clientId,
        client_secret: Redacted.value(Sandbox.credentials.clientSecret),
        ...fields,
      }),
    })
    return (await response.json()) as Record<string, string>
  }

  const pair = async (expired = false) => {
    const code = await post("device/code", { scope: "asset_create offline" })
    await runtime.runPromise(sandbox.approve(code["user_code"] ?? ""))
    const tokens = await post("token", {
      grant_type: "urn:ietf:params:oauth:grant-type:device_code",
      device_code: code["device_code"] ?? "",
    })
    const host = new URL(front.api.url).host.replace(/[^a-zA-Z0-9.-]/g, "_")
    const pairOfTokens = {
      // A token that the server has never issued, so that it is rejected and refreshed.
      accessToken: Redacted.make(expired ? "an-access-token-of-yesterday" : (tokens["access_token"] ?? "")),
      refreshToken: Redacted.make(tokens["refresh_token"] ?? ""),
      expiresAt: Date.now() + (expired ? -60_000 : Number(tokens["expires_in"]) * 1000),
    }
    await Effect.runPromise(
      TokenStore.use(({ save }) => save(pairOfTokens)).pipe(
        Effect.provide(
          TokenStore.layerFile(join(home, "tokens", `${host}.json`)).pipe(Layer.provide(NodeServices.layer)),
        ),
      ),
    )
  }

  const assets = () => runtime.runPromise(sandbox.assets)
  return {
    parent,
    folder,
    home,
    front,
    file: (name, bytes = 4 * chunkSize) => {
      const path = Buffer.concat([Buffer.from(`${folder}/`), Buffer.from(name)])
      const content = Crypto.randomBytes(bytes)
      Fs.writeFileSync(path, content)
      known.add(sha256(content))
      return path.toString()
    },
    remember: (bytes) => void known.add(sha256(bytes)),
    start,
    upload: (args, options) =>
      start(["upload", "--api", front.api.url, "--json", "--parallel", "1", "--no-pair", ...args], options),
    assets,
    // Read from the disk here, so that the check does not rely on the sandbox's own digests.
    whole: async () =>
      (await assets()).filter(({ complete, path }) => complete && known.has(sha256(Fs.readFileSync(path)))),
    pair,
    end: async () => {
      await front.end()
      await runtime.dispose()
      Fs.rmSync(root, { recursive: true, force: true })
    },
  }
}
