/**
 * The accepted forms of durations in settings, for error messages.
 */

/** In the environment, where a number without a unit is ambiguous. */
export const durationWithUnit = 'such as "15 seconds" or "500 millis"'

/** In a file. */
export const durationForm = `${durationWithUnit}, or a number of milliseconds`
