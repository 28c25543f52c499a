/** What the benchmark uses of opossum, which ships no types. */
declare module "opossum" {
  export interface Options {
    readonly timeout?: number | false
    readonly resetTimeout?: number
    readonly errorThresholdPercentage?: number
    readonly rollingPercentilesEnabled?: boolean
    readonly enableSnapshots?: boolean
  }

  export default class CircuitBreaker<A> {
    constructor(action: () => Promise<A>, options?: Options)
    readonly opened: boolean
    fire(): Promise<A>
    open(): void
  }
}
