/**
 * The accepted forms of durations in settings, as shown in error messages.
 */

/** The accepted form in environment variables, where a number without a unit is ambiguous. */
export const durationWithUnit = 'such as "15 seconds" or "500 millis"'

/** For files. */
export const durationForm = `${durationWithUnit}, or a number of milliseconds`
