import type { DatabaseSync } from 'node:sqlite'

/** Kept in the file as SQLite's user_version. 0 is a new file, or one of the first release, which did not number it. */
export const SCHEMA_VERSION = 2

/**
 * Device and metric are written once, in `series`; a reading is some 25 bytes. `series` also holds what must survive the
 * reading itself: its newest date and value, and where its counter stands.
 */
const TABLES = `
  CREATE TABLE series (
    id INTEGER PRIMARY KEY, device TEXT NOT NULL, metric TEXT NOT NULL,
    time_ms INTEGER, value REAL, raw REAL, total REAL, UNIQUE (device, metric)
  ) STRICT;
  CREATE TABLE reading (
    id INTEGER PRIMARY KEY AUTOINCREMENT, series INTEGER NOT NULL, time_ms INTEGER NOT NULL, value REAL NOT NULL
  ) STRICT;
  CREATE TABLE boot (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, anchor_ms INTEGER) STRICT;
  CREATE TABLE held (
    id INTEGER PRIMARY KEY AUTOINCREMENT, series INTEGER NOT NULL, boot INTEGER NOT NULL, up_ms INTEGER NOT NULL,
    value REAL NOT NULL
  ) STRICT;
  CREATE TABLE tally (name TEXT PRIMARY KEY, n INTEGER NOT NULL) STRICT, WITHOUT ROWID;
`

const MESSAGES = `
  CREATE TABLE IF NOT EXISTS message (
    id INTEGER PRIMARY KEY AUTOINCREMENT, fingerprint TEXT NOT NULL UNIQUE, client TEXT NOT NULL,
    at_ms INTEGER NOT NULL
  ) STRICT;
`

/** The first release wrote device and metric with each reading, and the newest of each into a table of its own. */
const FROM_FIRST_RELEASE = `
  ALTER TABLE reading RENAME TO reading_1;
  ${TABLES}
  INSERT INTO series (device, metric, time_ms, value) SELECT device, metric, time_ms, value FROM newest;
  INSERT OR IGNORE INTO series (device, metric) SELECT DISTINCT device, metric FROM reading_1;
  INSERT INTO reading (id, series, time_ms, value)
    SELECT r.id, s.id, r.time_ms, r.value FROM reading_1 r JOIN series s ON s.device = r.device AND s.metric = r.metric
    ORDER BY r.id;
  DELETE FROM sqlite_sequence WHERE name = 'reading';
  INSERT INTO sqlite_sequence (name, seq) SELECT 'reading', seq FROM sqlite_sequence WHERE name = 'reading_1';
  DROP TABLE reading_1;
  DROP TABLE newest;
  ${MESSAGES}
`

/**
 * Makes the tables, or brings those of an older version to this one, all or nothing.
 *
 * @throws Error when the file is of a newer version, naming both.
 */
export function migrate(db: DatabaseSync): void {
  const version = Number(db.prepare('PRAGMA user_version').get()?.['user_version'])
  if (version === SCHEMA_VERSION) return
  if (version > SCHEMA_VERSION) {
    throw new Error(
      `written by a newer gateway (version ${version}, this one reads up to ${SCHEMA_VERSION}); install that one again, or move the file away`,
    )
  }
  const isFirstRelease = db.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'newest'").get() !== undefined
  db.exec('BEGIN IMMEDIATE')
  try {
    db.exec(isFirstRelease ? FROM_FIRST_RELEASE : TABLES + MESSAGES)
    db.exec(`PRAGMA user_version = ${SCHEMA_VERSION}`)
    db.exec('COMMIT')
  } catch (error) {
    if (db.isTransaction) db.exec('ROLLBACK')
    throw error
  }
}
