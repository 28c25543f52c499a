/**
 * The times and sizes of the device socket. Times are in milliseconds, sizes in bytes.
 */
import * as Timeouts from "@holdfast/core/Timeouts"
import * as Duration from "effect/Duration"

/** The interval between two heartbeats of the socket: 15 s, as observed on devices. */
export const heartbeatEvery = 15_000

/** The time without any frame after which a connection is lost. The server uses the same limit for heartbeats. */
export const lostAfter = 60_000

/** The maximum time until the connection is open. */
export const openTimeout = Duration.toMillis(Timeouts.request)

/** The maximum time until the server answers the join. */
export const joinTimeout = Duration.toMillis(Timeouts.request)

/** The maximum size of a frame. The frames of the protocol are smaller than 1 KiB. */
export const largestFrame = 64 * 1024

/** The maximum size of the frames that wait to be read. */
export const largestBacklog = 4 * largestFrame

/** The maximum number of frames between two heartbeats, and their maximum total size. */
export const floodFrames = 1000
export const floodBytes = 1024 * 1024
