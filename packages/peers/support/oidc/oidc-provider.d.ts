/** The little of `oidc-provider` that is used here; it ships no types. */
declare module "oidc-provider" {
  import type { IncomingMessage, Server } from "node:http"

  /** What koa hands to a middleware. */
  export interface Context {
    readonly path: string
    readonly method: string
    readonly req: IncomingMessage & { body?: Readonly<Record<string, string>> }
    status: number
    body: unknown
    set(name: string, value: string): void
  }

  /** An OpenID provider: a koa application. */
  export class Provider {
    constructor(issuer: string, configuration: object)
    use(middleware: (context: Context, next: () => Promise<void>) => Promise<void>): this
    listen(port: number, host: string, listening: () => void): Server
  }
}
