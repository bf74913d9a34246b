//! Every limit that guards against hostile input or unbounded growth, in one place.

/// Distinct field names one process keeps; a field beyond stays in the event's `weir.overflow` record.
pub const FIELD_NAMES_MAX: usize = 100_000;
/// Bytes of one field name.
pub const FIELD_NAME_BYTES_MAX: usize = 512;
/// Bytes of one event's raw text; a longer one is cut, noted and counted.
pub const EVENT_BYTES_MAX: usize = 1 << 20;
/// Bytes of one syslog frame.
pub const FRAME_BYTES_MAX: usize = 1 << 20;
/// Fields of one event; further ones stay in `weir.overflow`.
pub const EVENT_FIELDS_MAX: usize = 1_000;
/// Artifacts of one event; further ones are not extracted, which is noted.
pub const EVENT_ARTIFACTS_MAX: usize = 512;
/// Nesting of JSON, patterns and expressions.
pub const NESTING_MAX: usize = 64;
/// Bytes of one chunk, unless a single event is larger.
pub const CHUNK_BYTES_MAX: usize = 1 << 20;
/// Events of one chunk.
pub const CHUNK_EVENTS_MAX: usize = 10_000;
/// Bytes of one request body as received.
pub const BODY_BYTES_MAX: usize = 16 << 20;
/// Bytes of one request body after decompression.
pub const BODY_INFLATED_BYTES_MAX: usize = 64 << 20;
/// Decompressed bytes per compressed byte, looked at beyond the first MiB.
pub const BODY_INFLATE_RATIO_MAX: usize = 200;
/// Records of one request body.
pub const BODY_RECORDS_MAX: usize = 1 << 19;
/// Bytes of one query text, one pattern, one rule file.
pub const QUERY_BYTES_MAX: usize = 1 << 20;
/// Columns of one segment; rarer fields share the column of the rest.
pub const SEGMENT_COLUMNS_MAX: usize = 512;
/// Bytes of one value that an expression makes: its text, and 32 for each element or member. A larger one is null.
pub const VALUE_BYTES_MAX: usize = 16 << 20;
/// Bytes that the iterations of one expression look at for one row; beyond them the result is null.
pub const ITERATION_BYTES_MAX: usize = 256 << 20;
/// Rows of one answer unless the query or the caller says otherwise.
pub const ANSWER_ROWS_DEFAULT: usize = 1_000;
/// Memory of one query in bytes.
pub const QUERY_MEMORY_BYTES_MAX: usize = 512 << 20;
/// Open TCP connections of one syslog listener.
pub const SYSLOG_CONNECTIONS_MAX: usize = 5_000;
/// Bytes of chunks waiting to be logged, over all sources.
pub const QUEUE_BYTES_MAX: usize = 16 << 20;
