/**
 * Recognizes errors from databases and message brokers. The messages of databases and message brokers resemble errors from
 * HTTP APIs, but they are not caused by an HTTP exchange.
 */

const marks: ReadonlyArray<RegExp> = [
  // PostgreSQL, MySQL and MariaDB, Oracle
  /\bFATAL: {1,3}(?:password authentication failed|no pg_hba\.conf entry|role "|database ")/,
  // HY000 is general: databases that read from storages report their errors with it.
  /\bERROR \d{4} \((?!HY000)[0-9A-Z]{5}\)/,
  /\bORA-\d{5}\b/,
  // Kafka, MongoDB, Redis
  /\borg\.apache\.kafka\.common\.errors\.(?!Sasl)\w{3,60}Exception: |\bMongo(?:Server|Network|ServerSelection)Error\b/,
  /\b(?:WRONGPASS|NOAUTH) \S{1,40} /,
]

/**
 * Whether text is an error from a database or a message broker. Text that contains a URL is not recognized, because it may be
 * an API's report of an error in a database or a message broker.
 */
export const isForeign = (text: string): boolean => !/https?:\/\//.test(text) && marks.some((mark) => mark.test(text))
