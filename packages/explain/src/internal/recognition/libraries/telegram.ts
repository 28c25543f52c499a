/**
 * Describes errors from Telegram bot libraries, which preserve the message and usually the status.
 */
import type { Groups, Shape } from "./shape.ts"

const url = "https://api.telegram.org/bot"

/** Maps exception classes to statuses, for libraries that do not print the status. */
const ofClass: ReadonlyArray<readonly [says: RegExp, status: string]> = [
  [/Unauthorized|InvalidToken/i, "401"],
  [/Forbidden/i, "403"],
  [/NotFound/i, "404"],
  [/Conflict/i, "409"],
  [/RetryAfter/i, "429"],
]

const kept: Shape["kept"] = ([all = "", status, message]: Groups) => {
  const code = Number(status ?? ofClass.find(([says]) => says.test(all))?.[1] ?? 400)
  const isToken = code === 401 && /rejected by the server|token/i.test(message ?? "")
  return {
    status: String(code),
    body: { ok: false, error_code: code, description: isToken ? "Unauthorized" : message },
  }
}

/**
 * Describes the exceptions from telebot, python-telegram-bot, aiogram, Telegraf, grammY, node-telegram-bot-api, and the Java
 * and .NET libraries.
 */
export const telegram: ReadonlyArray<Shape> = [
  /A request to the Telegram API was unsuccessful\. Error code: ([45]\d\d)\.? Description: ([^\n"']{3,300})/,
  /\btelegram\.error\.\w{3,30}: (?:([45]\d\d): )?([^\n]{3,300})/,
  /\bTelegram\w{3,30}(?:Error)?: Telegram server says(?: -|:) (?:([45]\d\d) )?([^\n]{3,300})/,
  /\b(?:TelegramError|ETELEGRAM): ([45]\d\d):? ([^\n]{3,300})/,
  /\bGrammyError: Call to '\w{1,60}' failed! \(([45]\d\d): ([^\n)]{3,300})\)/,
  /\bTelegramApiRequestException: [^\n[]{0,200}\[([45]\d\d)\] ([^\n]{3,300})/,
  /\bTelegram\.Bot\.Exceptions\.ApiRequestException: (?:([45]\d\d): )?([^\n]{3,300})/,
].map((pattern) => ({ of: "a library of Telegram", url, pattern, kept }))
