/**
 * The error numbers of Azure AD B2C (`AADB2C…`) that a request, a client or a user can cause. The remaining error numbers
 * indicate defects in a policy; the message identifies the defect.
 */
import type { Name } from "./causes.ts"

/** The URL of the documentation for the error numbers. */
export const source = "https://learn.microsoft.com/azure/active-directory-b2c/error-codes"

const table: Partial<Readonly<Record<Name, ReadonlyArray<number>>>> = {
  declined: [90091],
  forgotten: [90118],
  secondFactor: [90151, 90152, 90154, 90155, 90156],
  accountClosed: [90111, 90114, 90128],
  signInAgain: [90077],
  userPassword: [90052, 90053, 90054, 90225],
  refreshExpired: [90080],
  refreshRevoked: [90129],
  grantPolicy: [90087, 90088],
  verifier: [90182, 90183, 90184, 99059],
  assertionClock: [90208, 90235],
  assertionRefused: [90209, 90210, 90232, 90233, 90237, 90238, 90239, 90240],
  secretWrong: [90081],
  clientUnknown: [90011, 90018, 90068],
  secretMissing: [90058, 90079],
  clientPublic: [90084],
  clientDisabled: [90092],
  grantNotAllowed: [90057, 90224, 90248],
  redirect: [90006, 90007],
  audience: [90205],
  responseType: [90013],
  scope: [90012, 90055, 90107, 90110, 90115, 90117, 90146],
  grantType: [90086],
  method: [90226],
  noClientId: [90008],
  noParameter: [90010, 90083],
  state: [90046, 90165, 90211, 90212],
  tooFast: [90244],
  unavailable: [90035],
  serverError: [90037, 90048, 90085],
}

const byNumber: ReadonlyMap<number, Name> = new Map(
  Object.entries(table).flatMap(([name, numbers]) => numbers.map((number) => [number, name as Name] as const)),
)

/** Returns the error number in a description, together with its cause. */
export const causeIn = (description: string): { readonly cause: Name; readonly number: string } | undefined => {
  const [number, digits] = /\bAADB2C(\d{5})\b/.exec(description.slice(0, 2000)) ?? []
  const cause = byNumber.get(Number(digits))
  return number === undefined || cause === undefined ? undefined : { cause, number }
}
