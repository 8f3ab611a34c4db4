-- Teams, records, linkages and facets. `names` turns kinds, relations and facet names into small
-- integers, so that every other key stays short. Every index leads with the team; `sequence` is
-- the row number, handed out once and never again.

CREATE TABLE teams (
    number INTEGER PRIMARY KEY,
    name TEXT NOT NULL,
    issuer TEXT NOT NULL UNIQUE,
    seed TEXT NOT NULL
) STRICT;

CREATE TABLE deployment_values (
    name TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE names (
    number INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE
) STRICT;

CREATE TABLE records (
    sequence INTEGER PRIMARY KEY AUTOINCREMENT,
    team INTEGER NOT NULL,
    kind INTEGER NOT NULL,
    id TEXT NOT NULL,
    app TEXT,
    attributes TEXT NOT NULL
) STRICT;

CREATE UNIQUE INDEX records_by_id ON records (team, kind, id);
CREATE INDEX records_by_kind ON records (team, kind, sequence);

-- One row for each linkage. The key serves the way back (in the order in which the linking
-- records were created), the index the way there (in the order of the relationship).
CREATE TABLE linkages (
    team INTEGER NOT NULL,
    to_id TEXT NOT NULL,
    relation INTEGER NOT NULL,
    from_sequence INTEGER NOT NULL,
    from_id TEXT NOT NULL,
    position INTEGER NOT NULL,
    PRIMARY KEY (team, to_id, relation, from_sequence)
) STRICT, WITHOUT ROWID;

CREATE INDEX linkages_forward ON linkages (team, from_sequence, relation, position);

-- Each record has at least one facet for every name in `facet_names` of its kind; where an
-- attribute is a list, all but the smallest text are marked as repeated.
CREATE TABLE facets (
    team INTEGER NOT NULL,
    kind INTEGER NOT NULL,
    name INTEGER NOT NULL,
    text TEXT NOT NULL,
    sequence INTEGER NOT NULL,
    repeated INTEGER NOT NULL,
    PRIMARY KEY (team, kind, name, text, sequence)
) STRICT, WITHOUT ROWID;

CREATE INDEX facets_by_record ON facets (team, sequence, name, repeated);

CREATE TABLE facet_names (
    team INTEGER NOT NULL,
    kind INTEGER NOT NULL,
    name INTEGER NOT NULL,
    PRIMARY KEY (team, kind, name)
) STRICT, WITHOUT ROWID;

-- Kept counters, so that a total costs the same at any size.
CREATE TABLE record_counts (
    team INTEGER NOT NULL,
    kind INTEGER NOT NULL,
    total INTEGER NOT NULL,
    PRIMARY KEY (team, kind)
) STRICT, WITHOUT ROWID;

CREATE TABLE forward_counts (
    team INTEGER NOT NULL,
    from_sequence INTEGER NOT NULL,
    relation INTEGER NOT NULL,
    total INTEGER NOT NULL,
    PRIMARY KEY (team, from_sequence, relation)
) STRICT, WITHOUT ROWID;

CREATE TABLE backward_counts (
    team INTEGER NOT NULL,
    to_id TEXT NOT NULL,
    relation INTEGER NOT NULL,
    total INTEGER NOT NULL,
    PRIMARY KEY (team, to_id, relation)
) STRICT, WITHOUT ROWID;
