-- Snapshots of devices by device and time. The body is a calibration as JSON, packed with gzip; the content's identity is its SHA-256 in canonical form.
CREATE TABLE calibrations (
    device     TEXT NOT NULL,
    content_id TEXT NOT NULL,
    taken      INTEGER,                  -- by the provider; null where the source does not say
    imported   INTEGER NOT NULL,
    provider   TEXT NOT NULL,
    qubits     INTEGER NOT NULL,
    body       BLOB NOT NULL,
    PRIMARY KEY (device, content_id)
) STRICT, WITHOUT ROWID;
