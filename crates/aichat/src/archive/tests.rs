use super::*;

fn stored(id: &str, body: &'static str) -> Stored {
    Stored {
        id: id.to_owned(),
        version: 7,
        body: body.as_bytes().into(),
    }
}

fn event() -> Event {
    let bytes = r#"{"id":"018f0000-0000-7000-8000-000000000001","type":"aichat.x.v1","time":"2026-01-01T00:00:00.000Z","partitionkey":"k","data":{"n":1}}"#;
    Event::parse("chat.message.v1", bytes.as_bytes().into()).unwrap()
}

fn write(path: &Path) -> anyhow::Result<End> {
    let mut writer = Writer::create(path, "0.1.0", Timestamp::from_millis(0))?;
    writer.file("auth.secret", "secret\n")?;
    writer.collection("auth/empty");
    writer.document("chat/messages", &stored("a", r#"{"text":"one"}"#))?;
    writer.document("chat/messages", &stored("b", "{\n  \"text\": \"two\"\n}"))?;
    writer.event(&event())?;
    writer.finish()
}

fn read(path: &Path) -> anyhow::Result<End> {
    Reader::open(path)?.finish()
}

/// What the whole chain of an error says.
fn words<T: std::fmt::Debug>(result: anyhow::Result<T>) -> String {
    format!("{:#}", result.unwrap_err())
}

#[test]
fn what_is_written_is_read_back_plain_and_zipped() {
    let dir = tempfile::tempdir().unwrap();
    for name in ["plain.jsonl", "zipped.jsonl.gz"] {
        let path = dir.path().join(name);
        let end = write(&path).unwrap();
        assert_eq!((end.collections.documents(), end.files, end.events), (2, 1, 1));
        assert!(end.collections.0.contains_key("auth/empty"));
        let mode = std::os::unix::fs::PermissionsExt::mode(&std::fs::metadata(&path).unwrap().permissions());
        assert_eq!(mode & 0o777, 0o600, "only its owner may read it");
        let mut reader = Reader::open(&path).unwrap();
        assert_eq!(reader.head().product, "0.1.0");
        let mut seen = Vec::new();
        while let Some(item) = reader.next().unwrap() {
            seen.push(match item {
                Item::File(name, text) => format!("{name}={text}"),
                Item::Document(of, Stored { id, version, body }) => {
                    format!("{of}/{id}@{version} {}", std::str::from_utf8(&body).unwrap())
                }
                Item::Event(read) => {
                    assert_eq!(read.bytes, event().bytes);
                    read.topic.to_string()
                }
            });
        }
        assert_eq!(
            seen,
            [
                "auth.secret=secret\n",
                r#"chat/messages/a@7 {"text":"one"}"#,
                r#"chat/messages/b@7 {"text":"two"}"#,
                "chat.message.v1"
            ]
        );
        assert_eq!(reader.finish().unwrap(), end);
    }
}

#[test]
fn a_file_that_is_there_is_not_written_over_and_an_unfinished_one_leaves_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("export.jsonl");
    drop(Writer::create(&path, "0.1.0", Timestamp::from_millis(0)).unwrap());
    assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 0);
    write(&path).unwrap();
    assert!(words(write(&path)).contains("is there already"));
}

#[test]
fn a_file_cut_off_anywhere_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    for name in ["plain.jsonl", "zipped.jsonl.gz"] {
        let path = dir.path().join(name);
        write(&path).unwrap();
        let whole = std::fs::read(&path).unwrap();
        let cut = dir.path().join("cut");
        for length in 0..whole.len() {
            std::fs::write(&cut, &whole[..length]).unwrap();
            assert!(read(&cut).is_err(), "{name} cut off after {length} bytes");
        }
        std::fs::write(&cut, [&*whole, &*whole].concat()).unwrap();
        if name == "plain.jsonl" {
            assert!(words(read(&cut)).contains("goes on after its last line"));
        }
    }
}

#[test]
fn a_file_that_was_changed_anywhere_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("export.jsonl");
    write(&path).unwrap();
    let whole = std::fs::read(&path).unwrap();
    let changed = dir.path().join("changed");
    for at in 0..whole.len() {
        let mut bytes = whole.clone();
        // The lowest bit: a digit stays a digit, a letter a letter.
        bytes[at] ^= 1;
        std::fs::write(&changed, bytes).unwrap();
        assert!(
            read(&changed).is_err(),
            "byte {at} of {}",
            String::from_utf8_lossy(&whole)
        );
    }
    let text = String::from_utf8(whole).unwrap();
    let without: Vec<&str> = text.lines().filter(|line| !line.contains(r#""event""#)).collect();
    std::fs::write(&changed, without.join("\n") + "\n").unwrap();
    assert!(words(read(&changed)).contains("was changed"));
}

#[test]
fn foreign_and_later_files_are_refused_by_name() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("file");
    for foreign in ["", "SQLite format 3\0", "{}\n", "{\"document\":{}}\n", "\u{1f}\u{8b}"] {
        std::fs::write(&path, foreign).unwrap();
        assert!(words(read(&path)).contains("is no export"), "{foreign:?}");
    }
    let later = r#"{"head":{"format":2,"product":"9.9.9","at":"2030-01-01T00:00:00.000Z","more":true}}"#;
    std::fs::write(&path, format!("{later}\n")).unwrap();
    let words = words(read(&path));
    assert!(words.contains("format 2") && words.contains("9.9.9"), "{words}");
    assert!(read(&dir.path().join("absent")).is_err());
}
