/**
 * Provides the services for an upload to a remote API.
 */
import { Uploader } from "@holdfast/c2c/Uploader"
import * as Layer from "effect/Layer"
import * as Client from "../network/Client.ts"
import * as Remedy from "../network/Remedy.ts"
import type * as Target from "../network/Target.ts"
import { Keys } from "../signIn/Keys.ts"
import { Person } from "../signIn/Person.ts"

/**
 * Creates the client for a remote API. The client stores its token in a file. If `present` is true, the user signs in at this
 * terminal.
 */
export const remote = (target: Target.Target, tokenFile: string, present: boolean) => {
  const command = Remedy.pairCommand(target.config.api)
  return Layer.mergeAll(
    Uploader.layer,
    present ? Person.layerPresent(command).pipe(Layer.provide(Keys.layer)) : Person.layerAbsent(command),
  ).pipe(Layer.provideMerge(Client.remote(target, tokenFile)))
}
