/**
 * Turns a vendor's error table into a single value. The value contains a decoder, a tagged union with its JSON codec, the
 * retry verdicts, and the rows that are printed in the documentation.
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

/** A `Schema.TaggedError` class that has the fields of the table. */
export type ErrorClass<Fields> = Schema.Codec<TableError, unknown> &
  (new (props: Fields & { readonly verdict: Verdict.Verdict }) => TableError)

/**
 * The tagged union of a table's classes. `Schema.toTaggedUnion` derives the types of its helpers from a tuple. A table stores
 * its classes in a record keyed by tag, so this type derives the types of the helpers from that record.
 */
export type TaggedUnion<C extends { readonly [tag: string]: Schema.Top }> = Schema.Union<ReadonlyArray<C[keyof C]>> & {
  /** For each class, a guard that checks whether a value is an error of that class. */
  readonly guards: { readonly [K in keyof C]: (u: unknown) => u is C[K]["Type"] }
  /** Returns a guard that checks whether an error has one of the given tags. */
  readonly isAnyOf: <const K extends keyof C>(
    tags: ReadonlyArray<K>,
  ) => (error: C[keyof C]["Type"]) => error is C[K]["Type"]
  /** Calls the handler for the class of the error. There must be a handler for every class. */
  readonly match: <Handlers extends { readonly [K in keyof C]: (error: C[K]["Type"]) => unknown }>(
    error: C[keyof C]["Type"],
    handlers: Handlers,
  ) => ReturnType<Handlers[keyof C]>
  /** Calls the handler for the class of the error, or calls `orElse` if there is no such handler. */
  readonly matchOrElse: <Handlers extends { readonly [K in keyof C]?: (error: C[K]["Type"]) => unknown }, const B>(
    error: C[keyof C]["Type"],
    handlers: Handlers,
    orElse: (error: C[Exclude<keyof C, keyof Handlers>]["Type"]) => B,
  ) => B | { [K in keyof Handlers]: Handlers[K] extends (error: never) => infer A ? A : never }[keyof Handlers]
}

/** A vendor's error table. */
export interface ErrorTable<Fields, C extends { readonly [tag: string]: ErrorClass<Fields> }> {
  /** The name of the system that returns these errors, for use in messages and documentation. */
  readonly system: string
  readonly classes: C
  readonly rows: ReadonlyArray<Row<keyof C & string>>
  /** The tagged union of the classes, with helpers such as `match`, `guards` and `isAnyOf`. */
  readonly schema: TaggedUnion<C>
  /**
   * Finds the row for a response by key, by status and form, or by status. If no row matches, returns the unknown row. Never
   * throws.
   */
  readonly find: (seen: Seen) => Row<keyof C & string>
  /** Decodes a response into an error that carries the verdict of the matching row and the server's hint. Never throws. */
  readonly decode: (response: Response<Fields>) => C[keyof C]["Type"]
}

/**
 * The parts of a response that a table reads. They select the matching row and provide the hint and the fields of the error.
 */
export interface Response<Fields> extends Seen {
  readonly retryAfter?: Duration.Duration | undefined
  /**
   * Whether the response shows that it came from the vendor. If the response does not show that it came from the vendor, its
   * hint does not delay a retry: see `Verdict.withHint`. Default: true.
   */
  readonly isOwn?: boolean | undefined
  readonly fields: Fields
}

/**
 * `unknown` if every class has a row. Otherwise, a type that no table satisfies and that lists the classes without a row.
 */
export type EveryClassHasARow<Tags, Named> = [Exclude<Tags, Named>] extends [never]
  ? unknown
  : { readonly "classes without a row": Exclude<Tags, Named> }

/**
 * Builds an error table from its classes and rows.
 *
 * **Details**
 *
 * All classes have the same fields, plus a verdict. A row whose class is not in `classes`, or a class without a row, causes a
 * compile-time error. `unknown` is the class for responses that do not match any row. The row of the `unknown` class has
 * neither a key nor a status. `statuses` returns the verdict for a status that does not match any row. A response with an
 * unknown code is never less retryable than its status.
 *
 * **Gotchas**
 *
 * Keys must match exactly, including their case. If two rows have the same key, the first row is used.
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
    // Typed through `object`: the library derives the helpers' types from a list, and here they come from a record.
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

/** Builds a decoder with a custom row finder, for a table that has additional rows for a specific server. */
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
 * Builds an error without a stack trace. The error reports a server's response, so the stack trace of the decoder is not
 * useful. Recording the stack trace would cost several times as much as decoding.
 */
const withoutStack = <A>(make: () => A): A => {
  const limit = Error.stackTraceLimit
  // `Reflect.set` does not throw if the intrinsics are frozen.
  Reflect.set(Error, "stackTraceLimit", 0)
  try {
    return make()
  } finally {
    Reflect.set(Error, "stackTraceLimit", limit)
  }
}
