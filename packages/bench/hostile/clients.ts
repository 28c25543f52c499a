/**
 * All clients of the packages, each with its own secrets, connected to one address.
 */
import * as NodeHttpClient from "@effect/platform-node/NodeHttpClient"
import { Clock, Effect, Redacted } from "effect"
import { FetchHttpClient } from "effect/http"
import { c2c, clip } from "./clients/c2c.ts"
import { type Client, undici } from "./clients/Client.ts"
import { command } from "./clients/command.ts"
import { fetching, generic, resilient } from "./clients/requests.ts"
import { pair, signIn } from "./clients/signIns.ts"
import { form, put, upload } from "./clients/storage.ts"
import { secret } from "./spellings.ts"

/** Returns all clients; `path` is a file to upload. */
export const clients = (path: string, home: string): ReadonlyArray<Client> => [
  fetching,
  generic("undici", undici, true),
  generic("node", NodeHttpClient.layerNodeHttp, true),
  generic("web", FetchHttpClient.layer, true),
  resilient,
  signIn("device code", ({ request }) => request),
  signIn("poll", ({ poll }, n) =>
    Effect.flatMap(Clock.currentTimeMillis, (now) =>
      poll({
        deviceCode: Redacted.make(secret("devicecode", n)),
        userCode: "123456",
        verificationUri: "https://id.example/device",
        expiresAt: now + 20_000,
        interval: 5,
      }),
    ),
  ),
  signIn("refresh", ({ refresh }, n) => refresh(pair(n))),
  signIn("revoke", ({ revoke }, n) => revoke(pair(n))),
  put,
  form,
  c2c("health", ({ health }) => health),
  c2c("me", ({ me }) => me),
  c2c("heartbeat", ({ heartbeat }) => heartbeat),
  c2c("create", ({ createAsset }) => createAsset(clip)),
  c2c("parts", ({ realtimeParts }) => realtimeParts("a1", { parts: [{ number: 1, size: 100, isFinal: true }] })),
  upload(path),
  command(home, ["upload", path, "--no-pair"]),
  command(home, ["pair"]),
  command(home, ["status"]),
  command(home, ["doctor"]),
  command(home, ["signout"]),
]
