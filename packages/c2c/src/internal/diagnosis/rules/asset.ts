/**
 * Rules about assets that Frame.io does not create.
 */
import { found, unseen } from "@holdfast/diagnosis/Diagnosis"
import { type C2cFacts, numberOf, textOf } from "../facts.ts"
import { field, guide, says, topic, word } from "../rule.ts"
import { badParts, badPlan, type Defect, isRefusedForValues, realtimeForm } from "./parts.ts"

const rule = topic("asset")

const errors = guide("how-to-handle-errors")

/** A paused device or channel. */
const paused = rule({
  code: "HF-C2C-ASSET-001",
  title: "The device was paused in Frame.io when this media was made: it will never be accepted",
  explanation:
    "Frame.io compares the time when the media was made (now less `offset`) with the pauses of the device or " +
    "its channel. What was made during a pause is refused for good, even after the pause has ended. Pausing is meant: this material was " +
    "not wanted in the cloud. An `offset` that is wrong puts a file into a pause that it does not belong to.",
  fix: [
    { text: "do not send this asset again; take it out of the queue", safety: "check first" },
    { text: "check that offset is the age of the media in seconds at the time of this request", safety: "check first" },
    { text: "to let later media through, resume the device in Frame.io", safety: "check first" },
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
          ? "The device or its channel was paused at the time when the media was made."
          : `By its offset the media was made ${offset} s before this request, while the device was paused.`,
      evidence: [...word(facts), ...field(facts, "offset"), ...field(facts, "channel")],
      about: ["paused"],
    })
  },
})

/** A channel that does not exist. */
const noChannel = rule({
  code: "HF-C2C-ASSET-003",
  title: "The device has no channel of this number",
  explanation:
    "`channel` names an input of the device by its `external_index`, counted from 0 unless the device model says otherwise. An index that " +
    "the device does not have is answered with 500, as if Frame.io had failed inside (a known issue of its guide).",
  fix: [
    { text: "leave channel out, or send 0, on a device with one channel", safety: "check first" },
    {
      text: "read the channels of GET /v2/devices/me, and send the external_index of one of them",
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
      detail: `channel is ${channel}. Few devices have more than channel 0.`,
      evidence: [...field(facts, "channel", "the external_index of a channel of the device"), ...word(facts)],
      about: ["channel"],
    })
  },
})

/** The defects in the fields of a creation, by Frame.io's reference. */
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
    add("filesize", "filesize is not a number of bytes", "a whole number")
  if (extension !== undefined && !extension.startsWith("."))
    add("extension", `extension is ${extension}, without its dot`, ".mov, for instance")
  if (!("name" in facts.sent) && !(isRealtime && "extension" in facts.sent))
    add("name", "name is missing", "a file name")
  const offset = numberOf(facts, "offset")
  if ("offset" in facts.sent && (offset === undefined || !Number.isInteger(offset)))
    add("offset", "offset is not a whole number of seconds", "seconds since the media was made")
  return defects
}

/** A rejected value. */
const invalidArgument = rule({
  code: "HF-C2C-ASSET-004",
  title: "An argument of the request has a value that Frame.io does not take",
  explanation:
    "The call and the token are right, but one of the values is not. The detail of the response usually names it. Common ones: a filetype " +
    "that is not a media type, an extension without its dot, a size or an offset that is not a whole number, a missing name.",
  fix: [{ text: "correct the value that the detail names", safety: "check first" }],
  change: "plan",
  links: [errors, guide("how-to-basic-upload")],
  rivals: ["HF-C2C-ASSET-005", "HF-C2C-ASSET-007"],
  find: (facts) => {
    if (!isRefusedForValues(facts)) return undefined
    if (facts.call === undefined)
      return says(facts, "Invalid Argument")
        ? found({
            confidence: "likely",
            detail: facts.payload.detail ?? "The response does not name the argument.",
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
      detail: facts.payload.detail ?? "The response does not name the argument.",
      evidence: word(facts),
    })
  },
})

/** A resource that does not exist according to Frame.io itself. */
const noResource = rule({
  code: "HF-C2C-ASSET-006",
  title: "Frame.io itself says that the asset, the device or the project does not exist",
  explanation:
    "The answer has Frame.io's own form, so it is not an intermediary that found nothing. The asset was deleted, its id is of another " +
    "project, or the path is not that of the API.",
  fix: [
    {
      text: "create the asset again if it was deleted on purpose; otherwise ask the owner of the project",
      safety: "check first",
    },
    { text: "compare the path with the API's reference", safety: "check first" },
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

/** A creation that may have been carried out. */
const lostAnswer = rule({
  code: "HF-C2C-ASSET-008",
  title: "The response to the creation of an asset was lost: it is unknown whether the asset exists",
  explanation:
    "The request was in flight or had arrived when the connection ended or a gateway gave up. Creating an asset twice makes two, and a " +
    "device cannot list its assets, so sending the request again may leave an empty one beside the good one. That is why the engine " +
    "does not do it by itself.",
  fix: [
    { text: "look in Frame.io for an empty asset of this name", safety: "check first" },
    { text: "then create it again: holdfast upload --create-again", safety: "check first" },
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

/** The rules of the topic. */
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
