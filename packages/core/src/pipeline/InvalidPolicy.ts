/**
 * The error for a policy that cannot be built from its options, and the checks of options that lead to it.
 */
import type * as Duration from "effect/Duration"
import * as Option from "./options/option.ts"

export { build, InvalidPolicy, problem, unknownOption } from "./options/invalid.ts"
export { kindOf, shown, unquoted } from "./options/kinds.ts"
export type { Range } from "./options/option.ts"

/**
 * Returns a reader for the options of one policy. The methods of the reader return the checked value or throw an
 * `InvalidPolicy`. A bundle that contains a reader contains all checks; the common policies call the checks that they need.
 */
export const reader = (policy: string) => ({
  /** See {@link Option.refuse}. */
  refuse: (option: string, value: unknown, allowed: string): never => Option.refuse(policy, option, value, allowed),
  /** See {@link Option.known}. */
  known: <Options extends object>(
    options: Options,
    names: { readonly [Key in keyof Options]-?: true },
    path?: string,
  ): void => Option.known(policy, options, names, path),
  /** See {@link Option.made}. */
  made: (option: string, value: unknown, maker: string): void => Option.made(policy, option, value, maker),
  /** See {@link Option.plain}. */
  plain: (option: string, value: unknown): void => Option.plain(policy, option, value),
  /** See {@link Option.text}. */
  text: (option: string, value: string): string => Option.text(policy, option, value),
  /** See {@link Option.address}. */
  address: (option: string, value: string): string => Option.address(policy, option, value),
  /** See {@link Option.secret}. */
  secret: (option: string, value: unknown): void => Option.secret(policy, option, value),
  /** See {@link Option.number}. */
  number: (option: string, value: number, range?: Option.Range): number => Option.number(policy, option, value, range),
  /** See {@link Option.integer}. */
  integer: (option: string, value: number, range?: Option.Range): number =>
    Option.integer(policy, option, value, range),
  /** See {@link Option.oneOf}. */
  oneOf: <const Word extends string>(option: string, value: Word, words: ReadonlyArray<Word>): Word =>
    Option.oneOf(policy, option, value, words),
  /** See {@link Option.millis}. */
  millis: (option: string, value: Duration.Input, range?: Option.Range): number =>
    Option.millis(policy, option, value, range),
})
