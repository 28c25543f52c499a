/**
 * Gates in words.
 */

/** `gates connectivity + authorization`. */
export const describe = (names: ReadonlyArray<string>): string => `gates ${names.join(" + ") || "none"}`
