/**
 * A vendor's error table as one value: from it come the decoder, the tagged union with its JSON codec, the retry
 * verdicts, and the rows that the documentation prints.
 */
import type * as Duration from "effect/Duration"
import * as Schema from "effect/Schema"
import * as ErrorRows from "./ErrorRows.ts"
import type { Row, Seen } from "./ErrorRows.ts"
import * as Verdict from "./Verdict.ts"

export type { Row, Seen } from "./ErrorRows.ts"

/** An error of a table. */
export interface TableError {
  readonly _tag: string
  readonly verdict: Verdict.Verdict
}

/** A `Schema.TaggedError` class whose fields are those of the table. */
export type ErrorClass<Fields> = Schema.Codec<TableError, unknown> &
  (new (props: Fields & { readonly verdict: Verdict.Verdict }) => TableError)

/**
 * The tagged union of a table's classes. `Schema.toTaggedUnion` types its helpers from a tuple; a table has its classes by
 * tag, so they are typed here from that.
 */
export type TaggedUnion<C extends { readonly [tag: string]: Schema.Top }> = Schema.Union<ReadonlyArray<C[keyof C]>> & {
  /** Whether a value is an error of one class. */
  readonly guards: { readonly [K in keyof C]: (u: unknown) => u is C[K]["Type"] }
  /** Whether an error has one of the tags. */
  readonly isAnyOf: <const K extends keyof C>(
    tags: ReadonlyArray<K>,
  ) => (error: C[keyof C]["Type"]) => error is C[K]["Type"]
  /** What the handler of the error's class makes of it; every class needs one. */
  readonly match: <Handlers extends { readonly [K in keyof C]: (error: C[K]["Type"]) => unknown }>(
    error: C[keyof C]["Type"],
    handlers: Handlers,
  ) => ReturnType<Handlers[keyof C]>
  /** The same where some classes have a handler of their own and `orElse` takes the rest. */
  readonly matchOrElse: <Handlers extends { readonly [K in keyof C]?: (error: C[K]["Type"]) => unknown }, const B>(
    error: C[keyof C]["Type"],
    handlers: Handlers,
    orElse: (error: C[Exclude<keyof C, keyof Handlers>]["Type"]) => B,
  ) => B | { [K in keyof Handlers]: Handlers[K] extends (error: never) => infer A ? A : never }[keyof Handlers]
}

/** A vendor's error table. */
export interface ErrorTable<Fields, C extends { readonly [tag: string]: ErrorClass<Fields> }> {
  /** Who answers with these errors, for messages and documentation. */
  readonly system: string
  readonly classes: C
  readonly rows: ReadonlyArray<Row<keyof C & string>>
  /** The tagged union of the classes, with `match`, `guards` and `isAnyOf`. */
  readonly schema: TaggedUnion<C>
  /** The row that a response belongs to: by key, else by status, else the unknown row. Total. */
  readonly find: (seen: Seen) => Row<keyof C & string>
  /** The error that a response means; it carries its row's verdict and the server's hint. Total. */
  readonly decode: (response: Response<Fields>) => C[keyof C]["Type"]
}

/** A response, read as far as a table needs: how to find its row, and what its error keeps. */
export interface Response<Fields> extends Seen {
  readonly retryAfter?: Duration.Duration | undefined
  /** Whether the response shows that the vendor sent it. Otherwise its hint delays no retry: `Verdict.withHint`. Default: yes. */
  readonly isOwn?: boolean | undefined
  readonly fields: Fields
}

/** `unknown` when every class has a row; otherwise a type that no table has, naming the classes that lack one. */
export type EveryClassHasARow<Tags, Named> = [Exclude<Tags, Named>] extends [never]
  ? unknown
  : { readonly "classes without a row": Exclude<Tags, Named> }

/**
 * Makes a table from its classes and rows.
 *
 * **Details**
 *
 * All classes take the same fields and a verdict. A row that names no class does not compile, and neither does a class
 * without a row. `unknown` names the class of everything that no row matches; its row has neither key nor status.
 * `statuses` has the verdicts of bare statuses: an unknown code never makes a response less retryable than its status.
 *
 * **Gotchas**
 *
 * Keys are compared exactly; where two rows have the same key, the first wins.
 */
export const make =
  <Fields>() =>
  <
    const C extends { readonly [tag: string]: ErrorClass<Fields> },
    const Rows extends ReadonlyArray<Row<keyof C & string>>,
  >(options: {
    readonly system: string
    readonly classes: C
    readonly rows: Rows & EveryClassHasARow<keyof C, Rows[number]["class"]>
    readonly unknown: keyof C & string
    readonly statuses?: ErrorRows.Statuses | undefined
  }): ErrorTable<Fields, C> => {
    type Tag = keyof C & string
    const rows: ReadonlyArray<Row<Tag>> = options.rows
    const find = ErrorRows.finder<Tag>({ ...options, rows })

    const members = Object.values(options.classes) as Array<C[keyof C]>
    // Through `object`, because the helpers that the library types from a list are here typed by tag.
    const schema: object = Schema.Union(members).pipe(Schema.toTaggedUnion("_tag"))
    return {
      system: options.system,
      classes: options.classes,
      rows,
      schema: schema as TaggedUnion<C>,
      find,
      decode: decoder<Fields, C>({ classes: options.classes, find }),
    }
  }

/** The decoder of classes with a custom row finder, for a table with additional rows for one server. */
export const decoder =
  <Fields, C extends { readonly [tag: string]: ErrorClass<Fields> }>(options: {
    readonly classes: C
    readonly find: (seen: Seen) => Row<keyof C & string>
  }): ErrorTable<Fields, C>["decode"] =>
  (response) => {
    const row = options.find(response)
    const verdict = Verdict.withHint(row.verdict, response.retryAfter, response.isOwn ?? true)
    const classes: { readonly [K in keyof C]: C[K] } = options.classes
    const Class = classes[row.class as keyof C]
    return withoutStack(() => new Class({ ...response.fields, verdict }) as C[keyof C]["Type"])
  }

/**
 * Makes an error without a stack: it says what a server said, nothing was thrown where it is made, and recording the way
 * to the decoder costs several times the decoding.
 */
const withoutStack = <A>(make: () => A): A => {
  const limit = Error.stackTraceLimit
  // `Reflect.set` does not throw where the intrinsics are frozen.
  Reflect.set(Error, "stackTraceLimit", 0)
  try {
    return make()
  } finally {
    Reflect.set(Error, "stackTraceLimit", limit)
  }
}
