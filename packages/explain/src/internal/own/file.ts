/**
 * The file on this machine.
 */
import { topic } from "./rule.ts"

const rule = topic("file", "https://man7.org/linux/man-pages/man3/errno.3.html")

/** The topic's rules. */
export const file = [
  rule({
    code: "HF-OWN-FILE-001",
    names: ["FileChanged"],
    title: "The file changed while it was read",
    explanation:
      "The size, a time or the identity of the file is another than when the upload began. The bytes that were sent may be a mixture " +
      "of two versions, so nothing of it counts as uploaded.",
    fix: [
      { text: "wait until the program that writes the file has closed it, then upload again", safety: "check first" },
    ],
    change: "human",
  }),
  rule({
    code: "HF-OWN-FILE-002",
    names: ["FileMissing", "IsDirectory", "NotRegularFile", "BadPath"],
    title: "There is no regular file at this path",
    explanation:
      "Nothing is there, or a directory, a pipe, a device, or a path that the system cannot resolve. Only a regular file has a size " +
      "and can be read again from any offset, which a retry needs.",
    fix: [{ text: "name a file; copy the output of a pipe into one first", safety: "check first" }],
    change: "human",
  }),
  rule({
    code: "HF-OWN-FILE-003",
    names: ["NoPermission"],
    title: "This user may not read the file",
    explanation:
      "The operating system refused to open the file for the user that the program runs as. A retry as the same user is refused in " +
      "the same way.",
    fix: [
      { text: "give the user read access to the file and search access to its directories", safety: "check first" },
    ],
    change: "human",
  }),
  rule({
    code: "HF-OWN-FILE-004",
    names: ["FileBusy", "TooManyOpenFiles"],
    title: "The system could not open the file at that moment",
    explanation:
      "Another program has the file locked, or the process has used up its file descriptors or memory. Both pass, so the read is " +
      "retried with the usual waits.",
    fix: [
      {
        text: "close the program that holds the file, or raise the limit of open files (ulimit -n)",
        safety: "check first",
      },
    ],
    change: "nothing",
  }),
  rule({
    code: "HF-OWN-FILE-005",
    names: ["ReadFailed", "MediumGone", "UnknownFileError"],
    title: "The medium did not deliver the bytes of the file",
    explanation:
      "Reading failed with an I/O error, or the card, disk or network share went away. A worn card or a loose cable may deliver the " +
      "bytes on the next attempt; a medium that was removed does not come back by itself.",
    fix: [{ text: "check the card, its reader and the cable, and copy the file to a disk", safety: "check first" }],
    change: "human",
  }),
  rule({
    code: "HF-OWN-FILE-006",
    names: ["SizeUnreliable"],
    title: "The size that the system states is not that of the content",
    explanation:
      "The file states another size than it delivers when it is read to its end, as files of /proc and of some network shares do. An " +
      "upload plans its parts from the size, so such a file cannot be planned.",
    fix: [{ text: "copy the file to a local disk and upload the copy", safety: "check first" }],
    change: "human",
  }),
] as const
