/**
 * Faults that the sandbox rejects like Frame.io and its storage, and faults that the sandbox injects.
 */
import type { Exchange, Request } from "@holdfast/diagnosis/Exchange"
import { type FaultPlan, Sandbox } from "@holdfast/sandbox"
import type { FaultKind } from "@holdfast/sandbox/Fault"
import type { Route } from "@holdfast/sandbox/Route"
import { Context, Effect, Exit, Layer, Redacted, Scope } from "effect"
import { Agent } from "node:http"
import type { Case } from "./proof.ts"
import * as Wire from "./wire.ts"

type Fields = Readonly<Record<string, string>>

const version = { "x-client-version": "2.0.0" }
const deviceGrant = "urn:ietf:params:oauth:grant-type:device_code"
const client: Fields = {
  client_id: Sandbox.credentials.clientId,
  client_secret: Redacted.value(Sandbox.credentials.clientSecret),
}

/** Starts a sandbox for one case, with at most one fault. */
const open = async (fault?: { readonly kind: FaultKind; readonly route: Route }) => {
  const scope = Scope.makeUnsafe()
  const rules = fault === undefined ? [] : [{ route: fault.route, fault: { kind: fault.kind }, requests: [1] }]
  const plan: FaultPlan.FaultPlan = { name: "one fault", survivable: false, rules }
  const context = await Effect.runPromise(Layer.buildWithScope(Sandbox.layer({ plan, seed: 7 }), scope))
  const { approve, url } = Context.get(context, Sandbox)
  return {
    url,
    approve: (code: string) => Effect.runPromise(approve(code)),
    close: () => Effect.runPromise(Scope.close(scope, Exit.void)),
  }
}

type Open = Awaited<ReturnType<typeof open>>

const json = <A>({ response }: Exchange): A => JSON.parse(response?.body ?? "{}") as A

const form = (url: string, fields: Fields): Request => ({
  method: "POST",
  url,
  headers: { ...version, "content-type": "application/x-www-form-urlencoded" },
  body: new URLSearchParams({ ...client, ...fields }).toString(),
})

const askCode = ({ url }: Open): Request => form(`${url}/v2/auth/device/code`, { scope: "asset_create offline" })

interface Code {
  readonly device_code: string
  readonly user_code: string
}

/** A device code that a person has approved. */
const approved = async (sandbox: Open): Promise<Code> => {
  const code = json<Code>(await Wire.send(askCode(sandbox)))
  await sandbox.approve(code.user_code)
  return code
}

const pair = async (sandbox: Open): Promise<string> => {
  const { device_code } = await approved(sandbox)
  const fields = { grant_type: deviceGrant, device_code }
  return json<{ readonly access_token: string }>(await Wire.send(form(`${sandbox.url}/v2/auth/token`, fields)))
    .access_token
}

const bearer = (token: string) => ({ ...version, authorization: `Bearer ${token}` })

const asset = (sandbox: Open, token: string, fields: object): Request => ({
  method: "POST",
  url: `${sandbox.url}/v2/devices/assets`,
  headers: { ...bearer(token), "content-type": "application/json" },
  body: JSON.stringify({ name: "clip.mov", filetype: "video/quicktime", offset: 0, ...fields }),
})

const heartbeat = ({ url }: Open, headers: Fields): Request => ({
  method: "POST",
  url: `${url}/v2/devices/heartbeat`,
  headers,
})

const chunk = async (sandbox: Open): Promise<Request> => {
  const token = await pair(sandbox)
  const { upload_urls } = json<{ readonly upload_urls: ReadonlyArray<string> }>(
    await Wire.send(asset(sandbox, token, { filesize: 1000 })),
  )
  return {
    method: "PUT",
    url: upload_urls[0] ?? "",
    headers: { "content-type": "video/quicktime", "x-amz-acl": "private" },
    size: 1000,
  }
}

const me = async (sandbox: Open): Promise<Request> => ({
  method: "GET",
  url: `${sandbox.url}/v2/devices/me`,
  headers: bearer(await pair(sandbox)),
})

interface Fault {
  readonly code: string
  readonly request: (sandbox: Open) => Request | Promise<Request>
  readonly fault?: { readonly kind: FaultKind; readonly route: Route }
  readonly sending?: Wire.Sending
}

const beat = { route: "heartbeat" } as const
const part = { route: "chunk" } as const

const faults: ReadonlyArray<Fault> = [
  { code: "HF-C2C-ACCESS-001", request: (sandbox) => heartbeat(sandbox, version) },
  {
    code: "HF-C2C-ACCESS-003",
    fault: { kind: "token-expired", ...beat },
    request: async (sandbox) => heartbeat(sandbox, bearer(await pair(sandbox))),
  },
  {
    code: "HF-C2C-ASSET-002",
    request: async (sandbox) => asset(sandbox, await pair(sandbox), { filesize: 21_136_250, parts: 10 }),
  },
  {
    code: "HF-C2C-ASSET-007",
    request: async (sandbox) => {
      const token = await pair(sandbox)
      const { id } = json<{ readonly id: string }>(
        await Wire.send(asset(sandbox, token, { extension: ".mov", is_realtime_upload: true })),
      )
      return {
        ...form(`${sandbox.url}/v2/devices/assets/${id}/realtime_upload/parts`, {}),
        headers: { ...bearer(token), "content-type": "application/x-www-form-urlencoded" },
        body: new URLSearchParams({ parts: JSON.stringify([{ number: 1, size: 6_000_000 }]) }).toString(),
      }
    },
  },
  {
    code: "HF-C2C-HEADERS-001",
    request: async (sandbox) =>
      heartbeat(sandbox, { ...bearer(await pair(sandbox)), "x-client-version": "v2.0.0, v2.0.0" }),
  },
  {
    code: "HF-C2C-HEADERS-002",
    request: async (sandbox) => ({
      ...asset(sandbox, "", { filesize: 1000 }),
      headers: { ...bearer(await pair(sandbox)), "content-type": "text/plain" },
    }),
  },
  {
    code: "HF-C2C-PAIRING-004",
    request: async (sandbox) =>
      form(`${sandbox.url}/v2/auth/token`, {
        grant_type: "device_code",
        device_code: (await approved(sandbox)).device_code,
      }),
  },
  {
    code: "HF-C2C-SERVICE-001",
    fault: { kind: "too-many-requests", ...beat },
    request: async (sandbox) => heartbeat(sandbox, bearer(await pair(sandbox))),
  },
  {
    code: "HF-C2C-SERVICE-002",
    fault: { kind: "not-found", ...beat },
    request: async (sandbox) => heartbeat(sandbox, bearer(await pair(sandbox))),
  },
  {
    code: "HF-C2C-SERVICE-004",
    fault: { kind: "internal-error", ...beat },
    request: async (sandbox) => heartbeat(sandbox, bearer(await pair(sandbox))),
  },
  { code: "HF-S3-SVC-002", fault: { kind: "s3-slow-down", ...part }, request: chunk },
  { code: "HF-S3-SVC-004", fault: { kind: "internal-error", ...part }, request: chunk },
  { code: "HF-HTTP-NET-003", fault: { kind: "reset-before", route: "me" }, request: me },
  { code: "HF-HTTP-NET-005", fault: { kind: "hang", ...part }, request: chunk, sending: { patience: 500 } },
  { code: "HF-HTTP-ANSWER-001", fault: { kind: "truncated", route: "me" }, request: me },
]

/** Requests a second code over the connection of the first. */
const sameConnection = (): Case => {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  let sandbox: Open | undefined
  return {
    code: "HF-C2C-PAIRING-003",
    peer: "sandbox",
    provoke: async () => {
      sandbox = await open()
      await Wire.send(askCode(sandbox), { agent })
      return Wire.send(askCode(sandbox), { agent })
    },
    again: async (request) => {
      // The rejected connection ends with its response; the repaired request gets its own.
      agent.destroy()
      const exchange = await Wire.send(request)
      await sandbox?.close()
      return exchange
    },
  }
}

export const cases: ReadonlyArray<Case> = [
  ...faults.map(({ code, fault, request, sending }): Case => {
    let sandbox: Open | undefined
    return {
      code,
      peer: "sandbox",
      provoke: async () => {
        sandbox = await open(fault)
        return Wire.send(await request(sandbox), sending)
      },
      again: async (repaired) => {
        const exchange = await Wire.send(repaired)
        await sandbox?.close()
        return exchange
      },
      token: async () => (sandbox === undefined ? "" : pair(sandbox)),
    }
  }),
  sameConnection(),
]
