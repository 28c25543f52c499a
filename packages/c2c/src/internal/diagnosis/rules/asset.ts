/**
 * Rules that explain why Frame.io did not create or find an asset.
 */
import { found, unseen } from "@holdfast/diagnosis/Diagnosis"
import { type C2cFacts, numberOf, textOf } from "../facts.ts"
import { field, guide, says, topic, word } from "../rule.ts"
import { badParts, badPlan, type Defect, isRefusedForValues, realtimeForm } from "./parts.ts"

const rule = topic("asset")

const errors = guide("how-to-handle-errors")

/** Detects a paused device or channel. */
const paused = rule({
  code: "HF-C2C-ASSET-001",
  title: "The device was paused in Frame.io when this media was created, so Frame.io will never accept the media",
  explanation:
    "Frame.io computes when the media was created (the current time minus `offset`) and compares this time with " +
    "the pauses of the device or its channel. Frame.io permanently rejects media that was created during a pause, " +
    "even after the pause has ended. A pause is deliberate: the user did not want this material in the cloud. A " +
    "wrong `offset` can make a file appear to have been created during a pause.",
  fix: [
    { text: "do not send this asset again; remove it from the queue", safety: "check first" },
    { text: "check that offset is the age of the media in seconds at the time of this request", safety: "check first" },
    { text: "resume the device in Frame.io so that media created later is accepted", safety: "check first" },
  ],
  change: "human",
  links: [errors],
  rivals: [],
  soleCause: errors,
  find: (facts) => {
    const bare = facts.status === 409 && facts.payload.key === undefined
    if (!says(facts, "Channel Paused") && !(bare && facts.call === "create")) return undefined
    const offset = numberOf(facts, "offset")
    return found({
      confidence: bare ? "likely" : "certain",
      detail:
        offset === undefined
          ? "The device or its channel was paused when the media was created."
          : `According to its offset, the media was created ${offset} s before this request, while the device was paused.`,
      evidence: [...word(facts), ...field(facts, "offset"), ...field(facts, "channel")],
      about: ["paused"],
    })
  },
})

/** Detects a channel that does not exist. */
const noChannel = rule({
  code: "HF-C2C-ASSET-003",
  title: "The device has no channel with this number",
  explanation:
    "`channel` identifies an input of the device by its `external_index`, which starts at 0 unless the device " +
    "model specifies otherwise. An index that the device does not have causes a response with status 500, as if " +
    "Frame.io had failed internally (a known issue in its error guide).",
  fix: [
    { text: "for a device with one channel, omit channel or send 0", safety: "check first" },
    {
      text: "read the channels from GET /v2/devices/me, and send the external_index of one of them",
      safety: "check first",
    },
  ],
  change: "plan",
  links: [errors, guide("how-to-manage-channels")],
  rivals: ["HF-C2C-ASSET-002", "HF-C2C-SERVICE-004"],
  find: (facts) => {
    if (facts.call !== "create" || facts.status !== 500) return undefined
    if (facts.encoding === "none") return unseen("the body of the request")
    const channel = numberOf(facts, "channel")
    if (channel === undefined || channel === 0) return unseen("the channels of the device")
    return found({
      confidence: Number.isInteger(channel) && channel >= 0 ? "likely" : "certain",
      detail: `channel is ${channel}. Most devices have only channel 0.`,
      evidence: [...field(facts, "channel", "the external_index of one of the device's channels"), ...word(facts)],
      about: ["channel"],
    })
  },
})

/** Returns the defects in the fields of an asset creation request, according to Frame.io's reference. */
const creationDefects = (facts: C2cFacts): ReadonlyArray<Defect> => {
  const defects: Array<Defect> = []
  const add = (name: string, detail: string, expected: string) =>
    defects.push({ name, detail, evidence: field(facts, name, expected) })
  const isRealtime = facts.sent["is_realtime_upload"] === true || facts.sent["is_realtime_upload"] === "true"
  const filetype = textOf(facts, "filetype")
  const filesize = numberOf(facts, "filesize")
  const extension = textOf(facts, "extension")
  if (filetype === undefined) add("filetype", "filetype is missing", "a media type")
  else if (!/^[\w.+-]+\/[\w.+*-]+(?:\s*;.*)?$/.test(filetype))
    add("filetype", `filetype is ${filetype}, which is not a media type`, "video/mp4, for instance")
  if (!isRealtime && !("filesize" in facts.sent)) add("filesize", "filesize is missing", "bytes")
  else if ("filesize" in facts.sent && (filesize === undefined || !Number.isInteger(filesize) || filesize < 0))
    add("filesize", "filesize is not a whole number of bytes", "a whole number")
  if (extension !== undefined && !extension.startsWith("."))
    add("extension", `extension is ${extension}, without the leading dot`, ".mov, for instance")
  if (!("name" in facts.sent) && !(isRealtime && "extension" in facts.sent))
    add("name", "name is missing", "a file name")
  const offset = numberOf(facts, "offset")
  if ("offset" in facts.sent && (offset === undefined || !Number.isInteger(offset)))
    add("offset", "offset is not a whole number of seconds", "seconds since the media was created")
  return defects
}

/** A rejected value. */
const invalidArgument = rule({
  code: "HF-C2C-ASSET-004",
  title: "A request argument has a value that Frame.io does not accept",
  explanation:
    "The call and the token are valid, but an argument has an invalid value. The detail in the response usually " +
    "identifies the argument. Common causes are a filetype that is not a media type, an extension without its " +
    "leading dot, a size or an offset that is not a whole number, and a missing name.",
  fix: [{ text: "correct the argument that the detail in the response identifies", safety: "check first" }],
  change: "plan",
  links: [errors, guide("how-to-basic-upload")],
  rivals: ["HF-C2C-ASSET-005", "HF-C2C-ASSET-007"],
  find: (facts) => {
    if (!isRefusedForValues(facts)) return undefined
    if (facts.call === undefined)
      return says(facts, "Invalid Argument")
        ? found({
            confidence: "likely",
            detail: facts.payload.detail ?? "The response does not identify the invalid argument.",
            evidence: word(facts),
          })
        : undefined
    const hasBody = facts.encoding !== "none"
    const [defect, ...more] = facts.call === "create" && hasBody ? creationDefects(facts) : []
    if (defect !== undefined) {
      return found({
        confidence: says(facts, "Invalid Argument") || facts.status === 422 ? "certain" : "likely",
        detail: `${[defect, ...more].map(({ detail }) => detail).join("; ")}.`,
        evidence: [defect, ...more].flatMap(({ evidence }) => evidence).concat(word(facts)),
        about: [defect, ...more].map(({ name }) => name),
      })
    }
    if (!says(facts, "Invalid Argument") && facts.status !== 422) return undefined
    return found({
      confidence: "likely",
      detail: facts.payload.detail ?? "The response does not identify the invalid argument.",
      evidence: word(facts),
    })
  },
})

/** Detects a resource that Frame.io itself reports as nonexistent. */
const noResource = rule({
  code: "HF-C2C-ASSET-006",
  title: "Frame.io itself reports that the asset, the device or the project does not exist",
  explanation:
    "The response has Frame.io's own format, so it did not come from an intermediary. The asset was deleted, its " +
    "id belongs to another project, or the path is not part of the API.",
  fix: [
    {
      text: "ask the owner of the project whether the asset was deleted; create it again if it is still needed",
      safety: "check first",
    },
    { text: "compare the path with the API reference", safety: "check first" },
  ],
  change: "plan",
  links: [errors],
  find: (facts) =>
    facts.status === 404 && facts.isOwn
      ? found({
          confidence: "likely",
          detail: `${facts.url?.pathname ?? "The resource"} does not exist.`,
          evidence: word(facts),
        })
      : undefined,
})

/** Detects an asset creation request that the server may have carried out although the response was lost. */
const lostAnswer = rule({
  code: "HF-C2C-ASSET-008",
  title: "The response to a request to create an asset was lost, so the asset may or may not exist",
  explanation:
    "The connection ended, or a gateway gave up, while the request was in flight or after it had arrived. Two " +
    "requests to create an asset create two assets, and a device cannot list its assets. Sending the request again " +
    "may therefore leave an empty asset next to the good one. For this reason, the engine does not repeat the " +
    "request automatically.",
  fix: [
    { text: "look in Frame.io for an empty asset with this name", safety: "check first" },
    { text: "then create the asset again: holdfast upload --create-again", safety: "check first" },
  ],
  change: "human",
  links: [errors, guide("how-to-basic-upload")],
  rivals: [],
  soleCause: errors,
  find: (facts) => {
    if (!facts.isLostCreation) return undefined
    const { failure } = facts.exchange
    const name = textOf(facts, "name")
    return found({
      confidence: "certain",
      detail: `${name === undefined ? "The asset" : `"${name}"`} may or may not have been created: ${
        facts.status === 0
          ? `the connection ended first${failure === undefined ? "" : ` (${failure})`}`
          : `a gateway answered ${facts.status}`
      }.`,
      evidence: [
        ...field(facts, "name"),
        facts.status === 0
          ? { at: "failure", name: "failure", observed: failure ?? "no answer", expected: "201" }
          : { at: "response.status", name: "status", observed: `${facts.status}`, expected: "201" },
      ],
    })
  },
})

/** The rules about assets. */
export const asset = [
  lostAnswer,
  paused,
  realtimeForm,
  badPlan,
  badParts,
  invalidArgument,
  noChannel,
  noResource,
] as const
