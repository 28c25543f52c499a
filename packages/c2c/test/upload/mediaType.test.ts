import { assert, describe, it } from "@effect/vitest"
import * as MediaType from "../../src/internal/upload/mediaType.ts"

describe("MediaType", () => {
  it.each([
    ["A001.mov", "video/quicktime"],
    ["A001.MP4", "video/mp4"],
    ["A001.mxf", "application/mxf"],
    ["take.wav", "audio/wav"],
    ["still.JPG", "image/jpeg"],
    ["still.dng", "image/x-adobe-dng"],
    ["A001.braw", "application/octet-stream"],
    ["A001.R3D", "application/octet-stream"],
    ["noextension", "application/octet-stream"],
    [".mov", "application/octet-stream"],
    ["odd.constructor", "application/octet-stream"],
    ["two.dots.mov", "video/quicktime"],
    ["", "application/octet-stream"],
    ["dot.", "application/octet-stream"],
  ])("maps the file name %j to %s", (name, type) => assert.strictEqual(MediaType.ofName(name), type))
})
