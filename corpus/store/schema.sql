-- The store's schema as numbered steps. A step is applied once, in one transaction, and never edited afterwards:
-- a change is a new step at the end. PRAGMA user_version says how many have been applied.

-- step 1: reports, and what conversations need

CREATE TABLE meta (
    key   TEXT PRIMARY KEY,
    value TEXT NOT NULL
) WITHOUT ROWID;

CREATE TABLE reports (
    id               TEXT PRIMARY KEY,         -- first 12 hexadecimal digits of digest
    digest           TEXT NOT NULL,            -- SHA-256 of the file's bytes
    file             TEXT NOT NULL UNIQUE,     -- as its owner named it
    title            TEXT NOT NULL,
    publisher        TEXT,
    published        TEXT,                     -- ISO date, or a year alone
    year             INTEGER,
    number           TEXT,
    place            TEXT,
    text             TEXT NOT NULL,            -- the whole decoded source
    noise_characters INTEGER NOT NULL,
    added_at         REAL NOT NULL             -- seconds since 1970
);

CREATE TABLE articles (
    report TEXT NOT NULL REFERENCES reports (id) ON DELETE CASCADE,
    number INTEGER NOT NULL,
    title  TEXT NOT NULL,
    unit   TEXT,
    PRIMARY KEY (report, number)
) WITHOUT ROWID;

CREATE TABLE headings (
    report    TEXT NOT NULL REFERENCES reports (id) ON DELETE CASCADE,
    n         INTEGER NOT NULL,                -- in reading order
    text      TEXT NOT NULL,
    kind      TEXT NOT NULL,
    level     INTEGER NOT NULL,
    article   INTEGER NOT NULL,
    paragraph INTEGER NOT NULL,
    pieces    TEXT NOT NULL,                   -- JSON: [[start, end], …] in reports.text
    PRIMARY KEY (report, n)
) WITHOUT ROWID;

CREATE TABLE passages (
    report    TEXT NOT NULL REFERENCES reports (id) ON DELETE CASCADE,
    n         INTEGER NOT NULL,                -- in reading order; the passage's id is report-n
    article   INTEGER NOT NULL,
    section   TEXT NOT NULL,                   -- JSON: path of headings, outermost first
    paragraph INTEGER NOT NULL,
    text      TEXT NOT NULL,
    pieces    TEXT NOT NULL,                   -- JSON: [[start, end], …] in reports.text
    page      INTEGER,
    part      TEXT,                            -- JSON: [k, n] where a long paragraph was split
    terms     TEXT NOT NULL,                   -- separated by blanks, as the analyzer of meta.analyzer made them
    PRIMARY KEY (report, n)
) WITHOUT ROWID;

CREATE TABLE noise (
    report TEXT NOT NULL REFERENCES reports (id) ON DELETE CASCADE,
    n      INTEGER NOT NULL,
    rule   TEXT NOT NULL,
    start  INTEGER NOT NULL,
    end    INTEGER NOT NULL,
    line   INTEGER NOT NULL,
    text   TEXT NOT NULL,
    PRIMARY KEY (report, n)
) WITHOUT ROWID;

-- Reports that are gone, so that an old link can say that its text has changed.
CREATE TABLE gone (
    report TEXT PRIMARY KEY,
    file   TEXT NOT NULL,
    at     REAL NOT NULL
) WITHOUT ROWID;

-- Updates from Telegram: written before they are acknowledged, emptied once they are dealt with.
CREATE TABLE updates (
    id   INTEGER PRIMARY KEY,
    body TEXT,                                 -- JSON, NULL once done
    at   REAL NOT NULL
);

CREATE TABLE answers (
    id         TEXT PRIMARY KEY,               -- stands in callback data
    chat       INTEGER NOT NULL,
    owner      INTEGER NOT NULL,               -- who may turn its pages
    message    INTEGER,                        -- the bot's message that shows it
    asked_in   INTEGER,                        -- the message that asked
    question   TEXT NOT NULL,
    context    TEXT NOT NULL,                  -- JSON: earlier questions, oldest first
    verdict    TEXT NOT NULL,
    body       TEXT NOT NULL,                  -- JSON: what is needed to show it again
    at         REAL NOT NULL
) WITHOUT ROWID;

CREATE INDEX answers_by_message ON answers (chat, message);
CREATE INDEX answers_by_time ON answers (at);

-- Chats that can no longer be written to.
CREATE TABLE inactive_chats (
    chat INTEGER PRIMARY KEY,
    why  TEXT NOT NULL,
    at   REAL NOT NULL
);

-- step 2: groups of passages that say the same

-- Every wording that passages have, once: a passage's text less blanks, punctuation and other ways to write the same.
CREATE TABLE wordings (
    id     INTEGER PRIMARY KEY AUTOINCREMENT,  -- grows, so that an index in memory knows what it has not seen
    digest BLOB NOT NULL UNIQUE,
    bands  BLOB NOT NULL                       -- keys of 8 bytes under which wordings that are nearly it are found
);

CREATE TABLE said (
    report  TEXT NOT NULL,
    n       INTEGER NOT NULL,
    wording INTEGER NOT NULL REFERENCES wordings (id),
    PRIMARY KEY (report, n),
    FOREIGN KEY (report, n) REFERENCES passages (report, n) ON DELETE CASCADE
) WITHOUT ROWID;

CREATE INDEX said_by_wording ON said (wording);

-- Wordings that differ and still say the same; every pair stands here both ways.
CREATE TABLE alike (
    wording INTEGER NOT NULL REFERENCES wordings (id) ON DELETE CASCADE,
    other   INTEGER NOT NULL REFERENCES wordings (id) ON DELETE CASCADE,
    PRIMARY KEY (wording, other)
) WITHOUT ROWID;

CREATE INDEX alike_by_other ON alike (other);

CREATE TRIGGER said_no_more AFTER DELETE ON said
WHEN NOT EXISTS (SELECT 1 FROM said WHERE wording = OLD.wording)
BEGIN
    DELETE FROM wordings WHERE id = OLD.wording;
END;

-- The MinHash signature of a whole report: tells of a report that is nearly another one.
CREATE TABLE sketches (
    id        INTEGER PRIMARY KEY AUTOINCREMENT,
    report    TEXT NOT NULL UNIQUE REFERENCES reports (id) ON DELETE CASCADE,
    signature BLOB NOT NULL                    -- 128 numbers of 4 bytes, empty for a report of a few words
);

-- step 3: who may what, what chats wish, files that were sent

-- What administrators said of people (positive) and groups (negative), beside what the settings say.
CREATE TABLE admissions (
    id       INTEGER PRIMARY KEY,              -- a numeric Telegram id
    standing TEXT NOT NULL,                    -- administrator, admitted, denied
    at       REAL NOT NULL
);

-- One-time codes; the code itself is only printed.
CREATE TABLE pairing_codes (
    digest   TEXT PRIMARY KEY,                 -- SHA-256 of the code
    standing TEXT NOT NULL,                    -- what it makes of whoever sends it
    expires  REAL NOT NULL
) WITHOUT ROWID;

-- Every administrative act.
CREATE TABLE acts (
    n     INTEGER PRIMARY KEY,
    at    REAL NOT NULL,
    who   INTEGER NOT NULL,                    -- a numeric Telegram id
    act   TEXT NOT NULL,
    about TEXT NOT NULL                        -- an id or the name of a file
);

-- What a chat wishes; a private chat has its person's number. NULL: as the settings say.
CREATE TABLE preferences (
    chat     INTEGER PRIMARY KEY,
    language TEXT,
    quotes   INTEGER,
    askers   TEXT NOT NULL,                    -- everyone, administrators
    notices  INTEGER NOT NULL
);

-- Files that were sent and wait for a word; their bytes are in the folder "uploads" under this id.
CREATE TABLE uploads (
    id      TEXT PRIMARY KEY,
    owner   INTEGER NOT NULL,
    chat    INTEGER NOT NULL,
    message INTEGER,                           -- the bot's message that asks for the word
    name    TEXT NOT NULL,
    at      REAL NOT NULL
) WITHOUT ROWID;

-- step 4: what readers leave: votes on answers, the reports a chat has chosen, words to watch for

CREATE TABLE votes (
    answer TEXT NOT NULL,
    person INTEGER NOT NULL,
    useful INTEGER NOT NULL,                   -- 1 or 0
    at     REAL NOT NULL,
    PRIMARY KEY (answer, person)
) WITHOUT ROWID;

CREATE TABLE scopes (
    chat INTEGER NOT NULL,
    file TEXT NOT NULL,                        -- of a report; it stays when the report is replaced
    PRIMARY KEY (chat, file)
) WITHOUT ROWID;

CREATE TABLE watches (
    person INTEGER NOT NULL,
    words  TEXT NOT NULL,
    at     REAL NOT NULL,
    PRIMARY KEY (person, words)
) WITHOUT ROWID;

-- Reports that were looked over for watches.
CREATE TABLE watched (
    report TEXT PRIMARY KEY
) WITHOUT ROWID;

INSERT INTO watched SELECT id FROM reports;

-- step 5: the ledger of an engine outside this process; empty where there is none

CREATE TABLE engine (
    one        INTEGER PRIMARY KEY CHECK (one = 1),
    name       TEXT NOT NULL,                  -- stands in the engine too, so that two stores never share a collection
    passages   INTEGER NOT NULL,               -- of the reports held there
    length     INTEGER NOT NULL,               -- terms in these, all together
    newest     INTEGER NOT NULL,               -- the highest stamp ever given
    departures INTEGER NOT NULL                -- how many versions of reports have ceased to count
);

INSERT INTO engine VALUES (1, lower(hex(randomblob(16))), 0, 0, 0, 0);

CREATE TABLE engine_terms (
    id       INTEGER PRIMARY KEY,              -- the term's dimension in the engine's vectors; never another's
    term     TEXT NOT NULL UNIQUE,
    passages INTEGER NOT NULL                  -- how many of the passages held there have it
);

-- Every version of a report that is, or may be, in the engine.
CREATE TABLE engine_reports (
    stamp       INTEGER PRIMARY KEY,           -- stands on each of its passages there; never given twice
    report      TEXT NOT NULL,
    state       TEXT NOT NULL,                 -- coming, held, going
    passages    INTEGER NOT NULL,
    rows        INTEGER NOT NULL,              -- passages that have terms; the others are not sent
    length      INTEGER NOT NULL,
    average     REAL NOT NULL,                 -- the mean length of a passage that its weights were made with
    frequencies BLOB NOT NULL,                 -- ids of its terms, then how many of its passages have each; 4 bytes each
    analyzer    TEXT                           -- fingerprint of what made its terms
);

CREATE INDEX engine_reports_by_report ON engine_reports (report);
CREATE INDEX engine_reports_by_average ON engine_reports (state, average);

-- step 6: what reports were read with, and where what is known of them was read

-- With another of these a file is another report, though its bytes are the same.
CREATE TABLE readings (
    report      TEXT PRIMARY KEY REFERENCES reports (id) ON DELETE CASCADE,
    rules       TEXT NOT NULL,                 -- a fingerprint
    corrected   TEXT,                          -- name of the file of corrections
    corrections TEXT,                          -- what stood in it
    furniture   TEXT NOT NULL                  -- JSON: lines learned from the folder
) WITHOUT ROWID;

CREATE TABLE facts (
    report  TEXT NOT NULL REFERENCES reports (id) ON DELETE CASCADE,
    n       INTEGER NOT NULL,
    field   TEXT NOT NULL,
    value   TEXT NOT NULL,
    origin  TEXT NOT NULL,                     -- masthead, title …, or the name of a file of corrections
    article INTEGER NOT NULL,                  -- 0: about the report
    start   INTEGER,                           -- in reports.text; NULL for a correction
    end     INTEGER,
    PRIMARY KEY (report, n)
) WITHOUT ROWID;

-- Archives that were read to the end, so that one that has not changed need not be unpacked again.
CREATE TABLE archives (
    file    TEXT PRIMARY KEY,
    digest  TEXT NOT NULL,
    rules   TEXT NOT NULL,
    members TEXT NOT NULL                      -- JSON: [[name, report or null, error or null], …]
) WITHOUT ROWID;

-- What was learned from a sample of a folder's files, by the fingerprint of the sample.
CREATE TABLE learned (
    sample    TEXT PRIMARY KEY,
    furniture TEXT NOT NULL                    -- JSON: lines
) WITHOUT ROWID;

-- A file that is read anew keeps its report's id; what the engine holds under it is to be made anew.
CREATE TRIGGER read_anew AFTER DELETE ON reports
BEGIN
    UPDATE engine_reports SET analyzer = NULL WHERE report = OLD.id;
END;

-- step 7: which state of a report an engine holds: the same file may be read anew

DROP TRIGGER read_anew;
ALTER TABLE engine_reports ADD COLUMN added_at REAL;  -- as in reports; NULL for a state that is none of the store's

-- step 8: what reports abbreviate and coin, and what they say that it means

CREATE TABLE coinages (
    report  TEXT NOT NULL REFERENCES reports (id) ON DELETE CASCADE,
    word    TEXT NOT NULL,
    meaning TEXT NOT NULL,
    PRIMARY KEY (report, word, meaning)
) WITHOUT ROWID;

CREATE INDEX coinages_by_word ON coinages (word);
CREATE INDEX coinages_by_meaning ON coinages (meaning);

-- step 9: when each report was added, told without reading over its text

CREATE INDEX reports_by_moment ON reports (added_at, id);

-- step 10: whether an index may have to follow, told by one number: comparing all reports takes a second at 100,000

CREATE TABLE changes (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    n   INTEGER NOT NULL
);

INSERT INTO changes VALUES (1, 0);

CREATE TRIGGER report_came AFTER INSERT ON reports
BEGIN
    UPDATE changes SET n = n + 1;
END;

CREATE TRIGGER report_went AFTER DELETE ON reports
BEGIN
    UPDATE changes SET n = n + 1;
END;

CREATE TRIGGER engine_anew AFTER UPDATE OF name ON engine
BEGIN
    UPDATE changes SET n = n + 1;
END;

CREATE INDEX engine_reports_by_state ON engine_reports (state, report, analyzer, added_at);

-- step 11: every state of the reports has a mark that no other ever has, so that nothing is compared where an index bears it

DROP TRIGGER report_came;
DROP TRIGGER report_went;
DROP TRIGGER engine_anew;
DROP TABLE changes;

CREATE TABLE state (
    one  INTEGER PRIMARY KEY CHECK (one = 1),
    mark TEXT NOT NULL
);

INSERT INTO state VALUES (1, lower(hex(randomblob(16))));

CREATE TRIGGER report_came AFTER INSERT ON reports
BEGIN
    UPDATE state SET mark = lower(hex(randomblob(16)));
END;

CREATE TRIGGER report_went AFTER DELETE ON reports
BEGIN
    UPDATE state SET mark = lower(hex(randomblob(16)));
END;

CREATE TRIGGER engine_anew AFTER UPDATE OF name ON engine
BEGIN
    UPDATE state SET mark = lower(hex(randomblob(16)));
END;

CREATE INDEX reports_by_year ON reports (year);

-- step 12: which reports have come or gone since an index last followed, so that not all are compared for one

CREATE TABLE touched (
    n      INTEGER PRIMARY KEY AUTOINCREMENT,  -- grows with every change; never given twice
    report TEXT NOT NULL UNIQUE
);

DROP TRIGGER report_came;
DROP TRIGGER report_went;

CREATE TRIGGER report_came AFTER INSERT ON reports
BEGIN
    UPDATE state SET mark = lower(hex(randomblob(16)));
    DELETE FROM touched WHERE report = NEW.id;
    INSERT INTO touched (report) VALUES (NEW.id);
END;

CREATE TRIGGER report_went AFTER DELETE ON reports
BEGIN
    UPDATE state SET mark = lower(hex(randomblob(16)));
    DELETE FROM touched WHERE report = OLD.id;
    INSERT INTO touched (report) VALUES (OLD.id);
END;

-- step 13: passages by the order they came in, found by an index: sorted by their keys, a row of more than a quarter of a page
-- took a page of its own, a third of the file was empty, and a report took longer to write

ALTER TABLE passages RENAME TO passages_before;

CREATE TABLE passages (
    report    TEXT NOT NULL REFERENCES reports (id) ON DELETE CASCADE,
    n         INTEGER NOT NULL,                -- in reading order; the passage's id is report-n
    article   INTEGER NOT NULL,
    section   TEXT NOT NULL,                   -- JSON: path of headings, outermost first
    paragraph INTEGER NOT NULL,
    text      TEXT NOT NULL,
    pieces    TEXT NOT NULL,                   -- JSON: [[start, end], …] in reports.text
    page      INTEGER,
    part      TEXT,                            -- JSON: [k, n] where a long paragraph was split
    terms     TEXT NOT NULL,                   -- separated by blanks, as the analyzer of meta.analyzer made them
    PRIMARY KEY (report, n)
);

INSERT INTO passages SELECT * FROM passages_before;

-- What was said refers to the table that was renamed; dropped first, it is not deleted along with that.
CREATE TABLE said_anew (
    report  TEXT NOT NULL,
    n       INTEGER NOT NULL,
    wording INTEGER NOT NULL REFERENCES wordings (id),
    PRIMARY KEY (report, n),
    FOREIGN KEY (report, n) REFERENCES passages (report, n) ON DELETE CASCADE
) WITHOUT ROWID;

INSERT INTO said_anew SELECT * FROM said;
DROP TABLE said;
ALTER TABLE said_anew RENAME TO said;
CREATE INDEX said_by_wording ON said (wording);

CREATE TRIGGER said_no_more AFTER DELETE ON said
WHEN NOT EXISTS (SELECT 1 FROM said WHERE wording = OLD.wording)
BEGIN
    DELETE FROM wordings WHERE id = OLD.wording;
END;

DROP TABLE passages_before;
