/**
 * Defines the predicates of rejections that are stated in prose.
 */

/** The problem with the subject of the sentence. */
export type Predicate =
  | "expired"
  | "early"
  | "disabled"
  | "pending"
  | "missing"
  | "mismatch"
  | "quota"
  | "size"
  | "exists"
  | "permission"
  | "unsupported"
  | "held"
  | "absent"
  | "invalid"
  | "busy"

/** A predicate and the words that express it. */
export interface PredicateWords {
  readonly is: Predicate
  readonly words: RegExp
  /** How specific the predicate is, from 1 to 3. The predicate `expired` has the value 3. */
  readonly weight: 1 | 2 | 3
}

/** More specific predicates come first. */
export const predicates: ReadonlyArray<PredicateWords> = [
  { is: "early", weight: 3, words: /not yet valid|not valid yet|(?:used|issued) too early|(?:is|are|was) in the future|\b(?:nbf|iat)\b|before it is valid|too skewed|clock skew/i },
  { is: "expired", weight: 3, words: /(?<!\bnot |n't |\bnever )\bexpired\b|\bhas ended\b|\bno longer valid\b|\btimed out of validity\b|\bstale\b|\bexpiration (?:date|time) (?:is|was) (?:in the past|reached)|\bpast its expir|\bExpired[A-Z]\w{2,30}|\btoken_expired\b|\bout of date\b|\bis over\b/i },
  { is: "pending", weight: 3, words: /\b(?:authorization[ _])?pending\b|not (?:yet )?(?:been )?(?:verified|approved|confirmed|accepted|activated|authori[sz]ed by)|\bunverified\b|\bunapproved\b|\bawaiting (?!response)|must (?:first )?(?:accept|agree|verify|confirm|approve)|needs? (?:to be )?(?:approv|verif|confirm)\w{1,5}|\bverify your\b|(?:consent|verification|approval) (?:is )?required/i },
  { is: "disabled", weight: 3, words: /\bdisabled\b|\bdeactivated\b|\binactive\b|\bnot active\b|\bsuspended\b|\bblocked\b|\bbanned\b|\bfrozen\b|\bnot enabled\b|\b(?:is|not) (?:been )?(?:turned|switched) o(?:ff|n)\b|\bhas not been used\b|\brevoked\b|\binvalidated\b|\b(?:is|was|been) (?:locked|paused|stopped|closed|archived|deleted|removed|retired|deprecated|terminated)\b|\barrears\b|\boverdue\b|\bread-only\b/i },
  { is: "exists", weight: 3, words: /\balready (?:been |being )?(?:exists?|existing|in use|taken|registered|used|created|present|owned|uploaded|published)\b|\bduplicated?\b|\bin use by\b|\bmust be unique\b|\bunique constraint\b|\balready_exists\b/i },
  { is: "mismatch", weight: 3, words: /\b(?:do|does|did) ?(?:not|n't) (?:match|equal|agree|correspond|belong)\b|\b(?:mis-?match(?:ed|es)?|discrepancy|differs?|inconsistent)\b|\bnot match(?:ing)?\b|\bno match(?:ing)?\b|\b(?:is|are|was) (?:not equal|different)\b|\bunexpected ["'`]?(?:\w{1,20} )?(?:claim|value|audience|issuer|scope|state|location|region)\b|\bexpect(?:ed|ing|s)?:? .{1,120}?(?:\bbut\b|\bgot\b|\breceived\b|\bactual\b|\bwas\b|\binstead\b|\bfound\b)|\bgot .{1,60}?,? expected\b|\bis wrong; expecting\b|\bmust be addressed\b|\bnot (?:contain|include)(?:ed)? in\b|\w(?:Mismatch|DoesNotMatch)/i },
  { is: "missing", weight: 3, words: /\bmissing\b(?! equal)|\b(?:is|are|was) (?:a )?(?:required|mandatory|absent|empty|blank|null|undefined|not set|not specified|not provided|not supplied|not defined|not configured|not present)\b|\bnot (?:been )?(?:provided|supplied|specified|sent|given|configured|present|set)\b|\bmust (?:be |first be )?(?:provided?|supplied?|specif(?:y|ied)|includ(?:e|ed)|contain|have|set|present|authenticate|send|sent)\b|\brequired (?:field|parameter|header|argument|property|attribute|value|scope|param)\b|\brequires? (?:a|an|the|that|one|at least|authentication|either)\b|\brequired\b|\bno (?:\w{1,20} ){0,3}(?:was |were |is |has been )?(?:provided|supplied|specified|sent|given|found in (?:the )?(?:request|header|session))\b|\bcould not be found in (?:the )?(?:request|header|session)|\bdid not (?:provide|include|send|specify)|\b(?:lacks?|lacking)\b|\bcan(?:not|'t) be (?:blank|empty|null)\b|\bwithout (?:a|an|any|the)\b/i },
  { is: "quota", weight: 3, words: /\bquota\b.{0,60}\b(?:exceeded|reached|exhausted|used)|\b(?:exceeded|reached|exhausted|hit|used up|over) (?:your |the |its |a |my )?(?:\w{1,20} ){0,4}(?:quota|limits?|cap|allowance|allotment)\b|\b(?:limit|quota|cap) (?:has been |is |was )?(?:exceeded|reached|exhausted|hit)\b|\bcap exceeded\b|\brate[ -]?limit(?:ed|ing)?\b|\btoo many requests\b|\bthrottl(?:ed|ing)\b|\bslow ?down\b|\binsufficient (?:funds|quota|credits?|balance)\b|\b(?:balance|credit)s? (?:is |are )?(?:too low|insufficient|exhausted|used up)|\bout of (?:credits?|quota)\b|\bpayment required\b|\bno space left\b|\bnot enough (?:space|credits?|balance)\b/i },
  { is: "size", weight: 3, words: /\btoo (?:large|big|long|many(?! \d{3} error)|small|short|few|deep|high|low)\b|\b(?:larger|greater|longer|more|smaller|less|fewer|shorter) than\b|(?<!retries )\bexceed(?:s|ed|ing)?\b|\bmaximum\b.{0,40}\b(?:size|length|number|allowed|of)\b|\bminimum\b.{0,40}\b(?:size|length|allowed|of)\b|\bout of range\b|\bat (?:most|least) \d|\bover the (?:limit|maximum)\b|\bmust be (?:between|less|greater|at)\b|\bonly one\b/i },
  { is: "permission", weight: 3, words: /\bnot (?:been )?(?:allowed|permitted|authori[sz]ed|entitled|granted|accessible|a member|in the allow(?:ed)?[ -]?list|whitelisted|registered|listed)\b|\b(?:access|permission) (?:is |was |to .{1,80} )?(?:denied|refused|forbidden)\b|\bforbidden\b|\bdenied\b|\binsufficient (?:\w{1,20} ){0,2}(?:permissions?|privileges?|scopes?|rights?|access)\b|\b(?:no|not have|lacks?|without|missing) (?:\w{1,20} ){0,3}(?:permissions?|privileges?|access|rights?|scopes?|capabilit\w{1,4})\b|\bmay not\b|\bunauthori[sz]ed\b|\bprohibited\b|\bnot have access\b|\brestricted\b|\bonly (?:allowed|available|permitted|accessible)\b|\bdisallowed\b|\bviolates?\b|\bdecline[sd]?\b/i },
  { is: "unsupported", weight: 3, words: /\bnot (?:currently |yet )?(?:supported|implemented|available|compatible|applicable|understood|offered)\b|\b(?:does|do) ?(?:not|n't) (?:currently |yet )?(?:support|accept|allow|handle|understand)\b|\bun(?:supported|implemented|available for)\b|\bno longer (?:supported|available|accepted|exists?|works?)\b|\bincompatible\b|\bcan(?:not|'t) be used (?:with|for|in|together)\b|\bNotImplemented\b|\bonly (?:supports?|accepts?|works?)\b|\bmust use\b|\binstead of\b/i },
  { is: "held", weight: 2, words: /\b(?:is|are|been) (?:currently )?(?:locked|leased|held|being (?:used|modified|deleted|created|processed))\b|\bin progress\b|\bconflict(?:s|ed|ing)?\b|\banother (?:\w{1,20} ){0,3}(?:instance|process|operation|request|client|session|run|poll)|\bconcurrent(?:ly)?\b|\block(?:ed)? by\b|\bcurrently (?:a|in)\b/i },
  { is: "absent", weight: 3, words: /\bnot[ _]?found\b|\b(?:does|do|did) ?(?:not|n't) exists?\b|\bdoesn't exist\b|\bno such\b|\bnon-?existent\b|\b(?:can(?:not|'t)|could ?n[o']t|unable to|failed to) (?:find|locate|resolve)\b|\bNotFound\b|\bNoSuch\w{2,30}|\bunknown\b(?! (?:error|reason|exception|status|failure))|\bnot know(?:n)?\b|\bnot recogni[sz]ed\b|\bunrecogni[sz]ed\b|\bnothing (?:found|at)\b|\bis gone\b/i },
  { is: "invalid", weight: 2, words: /\bnot (?:a |an )?valid\b|\binvalid(?!ly)(?! (?:response|status|answer|reply)\b)\w{0,30}|\bmalformed\b|\bincorrect(?:ly)?\b|\bwrong\b|\bbad\b(?! request| gateway)|\billegal\b|\bcorrupt(?:ed)?\b|\b(?:un(?:able)? to|could ?n[o']t|can(?:not|'t)|failed to|fail(?:ed|ure)? (?:in |while )?)[ ]?(?:be )?(?:parse[d]?|parsing|decod\w{1,3}|read|verif(?:y|ied)|validate[d]?|decrypt(?:ed)?|deseriali[sz]e[d]?)\b|\bverification (?:has )?failed\b|\b(?:validation|authentication|signature|check(?:sum)?|integrity) (?:check )?(?:has )?(?:failed|error)\b|\bunexpected (?:end|token|character)\b|\bunexpected (?=[a-z_'"`]{3,30}\b)(?!error|response|status|eof|exception|behaviou?r|condition|problem)|\bnot (?:a|an|in the) (?:\w{1,20} ){0,2}(?:format|form|number|string|object|array|integer|boolean|uuid|url)\b|\bmust be (?:a|an|of|one of|in|either|valid|hex|base64)\b|\bnot well-?formed\b|\bInvalid[A-Z]\w{2,40}/i },
  { is: "busy", weight: 2, words: /\b(?:temporar(?:y|ily)|currently) (?:un)?(?:available|overloaded|disabled|down|out of service)\b|\btry (?:again|your request again|later)\b|\boverloaded\b|\bmaintenance\b|\bat capacity\b|\bno (?:available|healthy) (?:\w{1,20} )?(?:instance|server|backend|upstream|node)s?\b|\binternal (?:server )?error\b|\bcrash(?:ed|es)?\b|\bnot (?:ready|initiali[sz]ed|running)\b/i },
] // prettier-ignore
