/**
 * Sends the parts of one recording, in the order of their numbers.
 */
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import type { C2cClient } from "../../C2cClient.ts"
import type { Chunk } from "../../ChunkPlan.ts"
import type { FileVersion } from "../../LocalFile.ts"
import * as LocalFileError from "../../LocalFileError.ts"
import * as RecordingRewritten from "../../realtime/RecordingRewritten.ts"
import type { UploadError } from "../../UploadError.ts"
import type { ConfirmedPart, StepNotRecorded } from "../../UploadSession.ts"
import type * as ChunkSender from "../upload/chunkSender.ts"
import { maximumRecreations } from "../upload/newAsset.ts"
import type { GrowingFile } from "./growingFile.ts"
import * as PartPlan from "./partPlan.ts"
import type { Recording } from "./recording.ts"
import type { RealtimeError, RealtimeEvent } from "./types.ts"
import * as Verify from "./verify.ts"

/** What to send, and how. */
export interface Options {
  readonly api: C2cClient["Service"]
  readonly assetId: string
  readonly file: GrowingFile
  readonly recording: Recording
  readonly partSize: number
  readonly parallel: number
  /** Returns the name to send with the final part, if the asset was created without a name. */
  readonly finalName: Effect.Effect<string | undefined>
  readonly onEvent: (event: RealtimeEvent) => Effect.Effect<void>
  readonly onRewrite: "fail" | "resend"
  readonly sender: ReturnType<typeof ChunkSender.make>
  /** The parts that the storage has confirmed, by index. The sender adds each part that it has sent. */
  readonly confirmed: ReadonlyMap<number, ConfirmedPart>
  /** Records the end of the recording: the final version of the file, and the number of parts. */
  readonly onEnd: (file: FileVersion, chunks: number) => Effect.Effect<void, StepNotRecorded>
  /** The final part, if an earlier process has sent it. */
  readonly sentFinal: ConfirmedPart | undefined
}

/** The recording and the result of the transfer. */
export interface Sent {
  readonly bytes: number
  readonly chunks: number
  /** The number of parts that were sent again because the recorder had changed them. */
  readonly rewritten: number
  /** The name that was sent with the final part. */
  readonly name: string | undefined
}

/**
 * The maximum number of times that a part gets a new URL after the storage rejected its URL. A URL is requested just before
 * the part is sent, so it expires only while the part waits for the storage.
 */
const maximumRenewals = maximumRecreations

/** The fields that the request for the final part's URL contains in addition to the part. */
interface Final {
  readonly assetFilesize: number
  readonly assetName?: string
}

/** Sends every part, and the final part last. */
export const run = (options: Options): Effect.Effect<Sent, RealtimeError> => {
  const { api, assetId, confirmed, file, onEvent, parallel, partSize, recording, sender, sentFinal } = options

  const urlOf = ({ index, length }: Chunk, final: Final | undefined) =>
    Effect.gen(function* () {
      const parts = [{ number: index + 1, size: length, isFinal: final !== undefined }]
      const [url] = yield* api.realtimeParts(assetId, { parts, ...final })
      if (url === undefined) return yield* Effect.die(`part ${index + 1} has no URL`)
      return url
    })

  const send = (part: Chunk, final?: Final, renewals = 0): Effect.Effect<void, UploadError> =>
    Effect.flatMap(urlOf(part, final), (url) => sender.send(part, url)).pipe(
      Effect.catchIf(
        (error) => error.verdict.change === "url" && renewals < maximumRenewals,
        () => send(part, final, renewals + 1),
      ),
      Effect.asVoid,
    )

  const isSent = (part: Chunk): boolean => confirmed.get(part.index)?.length === part.length

  /** The part that is sent last. Its size is known when the recording has ended. */
  let last: Chunk = PartPlan.first(partSize)

  /** The final version of the file. */
  let final: FileVersion | undefined

  /** Waits until a part and at least one more byte have been recorded. Ends the stream when only the final part is left. */
  const next = (part: Chunk) =>
    Effect.gen(function* () {
      const { bytes, ended } = yield* recording.beyond(part.offset + part.length)
      if (sentFinal?.index === part.index && bytes > sentFinal.offset + sentFinal.length) {
        return yield* LocalFileError.changed(file.path, "the recording continued after its final part was sent")
      }
      if (bytes > part.offset + part.length) return [part, PartPlan.after(part, partSize)] as const
      last = { ...part, length: bytes - part.offset }
      final = ended
      return undefined
    })

  /** Compares every part with the file, and resends the parts that differ. Returns their number. */
  const verify = (
    parts: ReadonlyArray<ConfirmedPart>,
    onRewrite: "fail" | "resend",
  ): Effect.Effect<number, RealtimeError> =>
    Effect.gen(function* () {
      const changed = yield* Verify.differing(file, parts)
      yield* file.unchanged
      if (changed.length === 0) return 0
      if (onRewrite === "fail") return yield* RecordingRewritten.make(file.path, changed)
      const bytes = changed.reduce((sum, { length }) => sum + length, 0)
      yield* onEvent({ _tag: "Rewritten", indexes: changed.map(({ index }) => index), bytes })
      yield* Effect.forEach(changed, (part) => send(part), { concurrency: parallel, discard: true })
      const again = changed.flatMap(({ index }) => confirmed.get(index) ?? [])
      return changed.length + (yield* verify(again, "fail"))
    })

  return Effect.gen(function* () {
    // The first part that finally fails interrupts the others.
    yield* Stream.unfold(PartPlan.first(partSize), next).pipe(
      Stream.mapEffect((part) => (isSent(part) ? Effect.void : send(part)), {
        concurrency: parallel,
        unordered: true,
      }),
      Stream.runDrain,
    )
    const bytes = last.offset + last.length
    if (final !== undefined) yield* options.onEnd(final, last.index + 1)
    const parts = [...confirmed.values()].toSorted((a, b) => a.index - b.index)
    const rewritten = yield* verify(parts, sentFinal === undefined ? options.onRewrite : "fail")
    const name = yield* options.finalName
    if (name === "") return yield* PartPlan.refuse("name", "is empty")
    // An earlier process may have confirmed this part as one that is not final, if the file has lost its end since then.
    if (sentFinal === undefined) {
      yield* send(last, { assetFilesize: bytes, ...(name === undefined ? {} : { assetName: name }) })
    }
    yield* file.unchanged
    return { bytes, chunks: last.index + 1, rewritten, name }
  })
}
