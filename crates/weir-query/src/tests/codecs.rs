//! Parquet files as other programs compress them.

use std::fs::File;
use std::sync::Arc;

use arrow::array::{ArrayRef, Int64Array, RecordBatch, StringArray};
use parquet::arrow::ArrowWriter;
use parquet::basic::Compression;
use parquet::file::properties::WriterProperties;
use weir_event::Value;

use super::{engine, records};
use crate::FileTables;

#[track_caller]
fn check(codec: Compression) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("logs.parquet");
    let columns: [(&str, ArrayRef); 2] = [
        ("a", Arc::new(Int64Array::from_iter_values(0..1_000))),
        ("b", Arc::new(StringArray::from_iter_values((0..1_000).map(|number| format!("text {number}"))))),
    ];
    let batch = RecordBatch::try_from_iter(columns).expect("columns of one length");
    let file = File::create(&path).expect("the file is made");
    let properties = WriterProperties::builder().set_compression(codec).build();
    let mut writer = ArrowWriter::try_new(file, batch.schema(), Some(properties)).expect("the codec is known");
    writer.write(&batch).and_then(|()| writer.close()).expect("the file is written");
    let tables = FileTables::open(&[path]).expect("the file is a table");
    let found = records(&engine(tables), "fetch logs | filter b == \"text 700\" | fields a").expect("it can be read");
    assert_eq!(found.iter().map(|record| record.get("a")).collect::<Vec<_>>(), [Some(&Value::Long(700))]);
}

#[test]
fn files_of_the_usual_codecs_are_read() {
    check(Compression::UNCOMPRESSED);
    check(Compression::SNAPPY);
    check(Compression::GZIP(Default::default()));
    check(Compression::LZ4_RAW);
    check(Compression::ZSTD(Default::default()));
}
