/**
 * The name of the header that contains the version of the device. Frame.io rejects a request that contains this header twice.
 */
export const versionHeader = "x-client-version"
