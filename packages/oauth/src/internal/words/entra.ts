/**
 * The error numbers of Microsoft Entra (`AADSTS…`) that a client can receive when it polls, refreshes tokens or exchanges a
 * grant.
 *
 * Microsoft's documentation advises programs not to depend on the error numbers. The engine therefore uses the error numbers
 * only if the standard OAuth error code would be misleading. An error number that is not listed is ignored.
 */
import type { Name } from "./causes.ts"

/** The URL of the documentation for the error numbers. */
export const source = "https://learn.microsoft.com/entra/identity-platform/reference-error-codes"

const table: Partial<Readonly<Record<Name, ReadonlyArray<number>>>> = {
  pending: [70016],
  deviceCode: [70018, 90119, 90120],
  codeExpired: [70019, 70020],
  declined: [65004],
  secondFactor: [50072, 50074, 50076, 50078, 50079, 50088, 50158, 53004, 53010],
  policy: [
    50002, 50005, 50097, 50127, 50129, 50131, 50155, 50187, 53000, 53001, 53002, 53003, 53009, 53011, 90123, 135011,
    500021, 500022, 500212, 500213, 530031, 530032, 530034, 530035, 1000031, 80012,
  ],
  consent: [65001, 65002, 90008, 90093, 90094, 90095, 90099, 650056],
  accountClosed: [16000, 16003, 90072, 50014, 50020, 50034, 50053, 50057, 51004, 50197, 500208, 500571],
  password: [50055, 50056, 50125, 50132, 50133, 50135, 50144],
  signInAgain: [
    16001, 16002, 50058, 50085, 50089, 50139, 50140, 50143, 50168, 50180, 50199, 51006, 70043, 160021, 700020, 9002341,
  ],
  userPassword: [50064, 50126],
  notAssigned: [50105, 501051],
  refreshIdle: [70008, 700082],
  refreshExpired: [700081, 700084],
  refreshRevoked: [50173],
  codeUsed: [54005],
  verifier: [50147, 50148, 501481, 501491, 9002325],
  assertionClock: [500133],
  assertionRefused: [50006, 50008, 50013, 50027, 900384, 240002],
  clientAssertionClock: [700024],
  clientAssertionRefused: [50012, 50048, 700021, 700027, 700030],
  federated: [70021, 700211, 700212, 700213, 7002137, 7002138],
  secretWrong: [7000215],
  clientUnknown: [700011, 700016, 7000229],
  secretMissing: [7000216, 7000218],
  clientPublic: [700025],
  secretExpired: [7000222],
  clientDisabled: [70001, 7000112],
  platform: [9002326, 9002327],
  responseType: [70005, 700051, 700054],
  grantNotAllowed: [7000114],
  redirect: [50011, 70004, 500112, 900971],
  audience: [50001, 65005, 500011, 650052, 650054, 650057],
  version: [901002],
  scope: [28000, 28002, 28003, 650053, 70011, 700022, 700023, 1002012],
  grantType: [70003],
  method: [90056, 900561],
  noParameter: [90014],
  tenant: [
    50049, 50059, 50128, 50194, 90002, 90019, 90038, 90051, 90124, 90130, 700005, 900023, 900382, 900432, 9001023,
    9002331, 9002332, 9002346,
  ],
  tooFast: [50196, 90055],
  unavailable: [40010, 50033, 50087, 80001, 80002, 90006, 90012, 90024, 90033, 90090, 90091],
  serverError: [50000, 50086, 70012, 80005, 90036, 90092],
}

const byNumber: ReadonlyMap<number, Name> = new Map(
  Object.entries(table).flatMap(([name, numbers]) => numbers.map((number) => [number, name as Name] as const)),
)

/** The error numbers that the table lists. */
export const numbers: ReadonlyArray<number> = [...byNumber.keys()]

/** Returns the cause of an error number. Some error numbers formerly covered causes that now have their own numbers. */
export const causeOf = (number: number, description = ""): Name | undefined =>
  number === 50012 && /client secret/i.test(description.slice(0, 2000))
    ? "secretWrong"
    : number === 70001 && /not found in the directory/i.test(description.slice(0, 2000))
      ? "clientUnknown"
      : byNumber.get(number)

/** Returns the error numbers in a description. The first number in the list identifies the error. */
export const numbersIn = (description: string): ReadonlyArray<number> =>
  [...description.slice(0, 2000).matchAll(/\bAADSTS(\d{4,8})\b/g)].map(([, digits]) => Number(digits))
