/**
 * Schemas for the values in settings.
 */
import * as Duration from "effect/Duration"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import { durationForm } from "./durationForm.ts"

// Errors quote the annotation `expected`.

export const number = Schema.Number.annotate({ expected: "a number" })
export const boolean = Schema.Boolean.annotate({ expected: "true or false" })
export const text = Schema.String.annotate({ expected: "a string" })
/** Accepts one of the given values. */
export const words = <const Words extends ReadonlyArray<string>>(...all: Words) =>
  Schema.Literals(all).annotate({ expected: all.map((word) => `"${word}"`).join(" or ") })

/**
 * Accepts a string such as `"15 seconds"` or a number of milliseconds, which are the forms of Effect's durations that JSON
 * can represent. The type is cast through `unknown`, because the filter decides at run time which strings are durations and
 * the type cannot express this.
 */
export const duration = Schema.Union([
  Schema.Number,
  Schema.String.check(
    Schema.makeFilter((written: string) => Option.isSome(Duration.fromInput(written as Duration.Input))),
  ),
]).annotate({ expected: `a duration, ${durationForm}` }) as unknown as Schema.Codec<Duration.Input, number | string>

/** A key that may be absent. */
export const key = <S extends Schema.Constraint>(schema: S): Schema.optionalKey<S> => Schema.optionalKey(schema)
