/** The version of this package. A test compares this value with package.json. */
export const version = "0.1.0"
