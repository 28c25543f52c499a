/**
 * Lets the database itself record what the journal confirms. A trigger runs in the transaction that confirms a part, so its
 * record exists if and only if the confirmation does.
 */
import type { Database } from "../../peers/support/postgres/PostgresServer.ts"
import type { Databases } from "../shared/databases.ts"
import type { Confirmed, Done, Final } from "./History.ts"

const now = "extract(epoch FROM clock_timestamp()) * 1000"

const statements = [
  "CREATE TABLE bench_confirmed (asset TEXT, n BIGINT, at DOUBLE PRECISION)",
  "CREATE TABLE bench_done (path TEXT, at DOUBLE PRECISION)",
  `CREATE FUNCTION bench_part() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
     INSERT INTO bench_confirmed SELECT asset_id, NEW.n, ${now} FROM upload WHERE seq = NEW.upload;
     RETURN NULL; END $$`,
  `CREATE FUNCTION bench_upload() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
     INSERT INTO bench_done VALUES (NEW.path, ${now});
     RETURN NULL; END $$`,
  `CREATE TRIGGER bench_part AFTER INSERT OR UPDATE ON part FOR EACH ROW
     WHEN (NEW.confirmed_at IS NOT NULL) EXECUTE FUNCTION bench_part()`,
  `CREATE TRIGGER bench_upload AFTER UPDATE ON upload FOR EACH ROW
     WHEN (NEW.state = 'done' AND OLD.state <> 'done') EXECUTE FUNCTION bench_upload()`,
]

/** Installs the triggers. The journal must have created its tables. */
export const install = async (databases: Databases, database: Database): Promise<void> => {
  for (const statement of statements) await databases.query(database, statement)
}

/** The number of uploads in each state; `undefined` while the database is down. */
export const states = async (
  databases: Databases,
  database: Database,
): Promise<ReadonlyMap<string, number> | undefined> => {
  const query = "SELECT state, count(*)::int AS count FROM upload GROUP BY state"
  const rows = await databases.query<{ state: string; count: number }>(database, query).catch(() => undefined)
  return rows && new Map(rows.map(({ count, state }) => [state, count]))
}

/** The uploads whose asset may exist, because the response to its creation was lost. */
export const uncertain = async (databases: Databases, database: Database): Promise<ReadonlyArray<string>> => {
  const query = "SELECT id FROM upload WHERE state = 'uncertain' AND wanted IS NULL"
  return (await databases.query<{ id: string }>(database, query).catch(() => [])).map(({ id }) => id)
}

export const read = async (databases: Databases, database: Database) => ({
  confirmed: await databases.query<Confirmed>(
    database,
    `SELECT asset, n::int AS index, at FROM bench_confirmed ORDER BY at`,
  ),
  done: await databases.query<Done>(database, "SELECT path, at FROM bench_done ORDER BY at"),
  uploads: await databases.query<Final>(
    database,
    "SELECT path, state, COALESCE(error_tag || ': ' || error_message, '') AS error FROM upload ORDER BY seq",
  ),
})
