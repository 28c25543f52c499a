/**
 * Everything that an upload needs, wired: against a remote API, or against the sandbox inside this process.
 */
import * as C2c from "@holdfast/c2c/C2c"
import { C2cConfig } from "@holdfast/c2c/C2cConfig"
import { Uploader } from "@holdfast/c2c/Uploader"
import { TokenStore } from "@holdfast/oauth/TokenStore"
import { Sandbox } from "@holdfast/sandbox/Sandbox"
import * as Layer from "effect/Layer"
import * as Client from "../network/Client.ts"
import * as Network from "../network/Network.ts"
import * as Remedy from "../network/Remedy.ts"
import type * as Target from "../network/Target.ts"
import { version } from "../process/Version.ts"
import { Keys } from "../signIn/Keys.ts"
import { Person } from "../signIn/Person.ts"

/** The client of a remote API with the token in a file, and the person who signs in: at this terminal if `present`. */
export const remote = (target: Target.Target, tokenFile: string, present: boolean) => {
  const command = Remedy.pairCommand(target.config.api)
  return Layer.mergeAll(
    Uploader.layer,
    present ? Person.layerPresent(command).pipe(Layer.provide(Keys.layer)) : Person.layerAbsent(command),
  ).pipe(Layer.provideMerge(Client.remote(target, tokenFile)))
}

/** A sandbox, its client, and the person who approves its codes; its tokens end with it. */
export const embedded = (faults: Client.Faults) =>
  Layer.mergeAll(Uploader.layer, Person.layerSandbox).pipe(
    Layer.provideMerge(C2c.layer),
    Layer.provideMerge(Network.layerLocal),
    Layer.provideMerge(
      Layer.effect(
        C2cConfig,
        Sandbox.useSync(({ url }) => ({
          api: url,
          clientVersion: version,
          clientId: Sandbox.credentials.clientId,
          clientSecret: Sandbox.credentials.clientSecret,
        })),
      ),
    ),
    Layer.provideMerge(Layer.mergeAll(TokenStore.layerMemory, Client.sandbox({ ...faults, port: 0 }))),
  )
