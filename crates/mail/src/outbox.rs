//! Owns the file outbox: one `.eml` file for each mail, for a product without a mail server. Refuses to be read by others:
//! mails hold tokens, and tell who knows whom.

use std::io::Write as _;
use std::os::unix::fs::DirBuilderExt as _;
use std::path::{Path, PathBuf};

use async_trait::async_trait;
use lettre::message::Mailbox;

use crate::{Mail, MailError, Mailer, Which, message};

/// Writes mails to a folder.
pub(crate) struct Outbox {
    folder: PathBuf,
    from: Mailbox,
}

impl Outbox {
    /// Writes to `folder`, which is made with the first mail.
    pub(crate) fn new(folder: PathBuf, from: Mailbox) -> Self {
        Self { folder, from }
    }
}

#[async_trait]
impl Mailer for Outbox {
    async fn send(&self, mail: &Mail) -> Result<(), MailError> {
        let bytes = message(&self.from, mail)?.formatted();
        // The same mail tried again replaces its own file.
        let time: String = mail
            .at
            .to_string()
            .chars()
            .filter(char::is_ascii_alphanumeric)
            .collect();
        let (folder, name) = (self.folder.clone(), format!("{time}-{}.eml", mail.id));
        let written = tokio::task::spawn_blocking(move || write(&folder, &name, &bytes)).await;
        written
            .map_err(|e| MailError(e.to_string()))?
            .map_err(|e| MailError(e.to_string()))
    }

    async fn forget(&self, which: Which<'_>) -> Result<(), MailError> {
        let folder = self.folder.clone();
        let removed = match which {
            Which::To(address) => {
                let address = address.to_owned();
                tokio::task::spawn_blocking(move || remove(&folder, |path| is_to(path, &address))).await
            }
            Which::Ids(prefix) => {
                let prefix = prefix.to_owned();
                tokio::task::spawn_blocking(move || remove(&folder, |path| begins(path, &prefix))).await
            }
        };
        removed
            .map_err(|e| MailError(e.to_string()))?
            .map_err(|e| MailError(e.to_string()))
    }
}

/// Removes the files of mails that `is_over` is true of.
fn remove(folder: &Path, is_over: impl Fn(&Path) -> bool) -> std::io::Result<()> {
    let entries = match std::fs::read_dir(folder) {
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Ok(()),
        entries => entries?,
    };
    for entry in entries {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "eml") && is_over(&path) {
            // Another process may have removed it.
            match std::fs::remove_file(&path) {
                Err(e) if e.kind() != std::io::ErrorKind::NotFound => return Err(e),
                _ => {}
            }
        }
    }
    Ok(())
}

/// Tells whether a file, `{time}-{id}.eml`, is of a mail whose id begins with `prefix`.
fn begins(path: &Path, prefix: &str) -> bool {
    let name = path.file_name().and_then(|name| name.to_str());
    name.and_then(|name| name.split_once('-'))
        .is_some_and(|(_, id)| id.starts_with(prefix))
}

/// Tells whether a file is of a mail to `address`. One that is not there any more is to nobody.
fn is_to(path: &Path, address: &str) -> bool {
    let bytes = std::fs::read(path).unwrap_or_default();
    let text = String::from_utf8_lossy(&bytes);
    let mut head = text.lines().take_while(|line| !line.is_empty());
    head.any(|line| {
        line.strip_prefix("To: ")
            .is_some_and(|to| to.eq_ignore_ascii_case(address))
    })
}

/// Writes a file whole or not at all, mode 0600, in a folder of mode 0700.
fn write(folder: &Path, name: &str, bytes: &[u8]) -> std::io::Result<()> {
    std::fs::DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
    let mut file = tempfile::NamedTempFile::new_in(folder)?;
    file.write_all(bytes)?;
    file.as_file().sync_all()?;
    file.persist(folder.join(name)).map_err(|e| e.error)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_mail_becomes_one_readable_file_however_often_it_is_sent() {
        let dir = tempfile::tempdir().unwrap();
        let outbox = Outbox::new(dir.path().join("mail"), "AI Chat <no-reply@localhost>".parse().unwrap());
        let mail = crate::sample(&kernel::Ambient::system());
        outbox.send(&mail).await.unwrap();
        outbox.send(&mail).await.unwrap();
        let files: Vec<_> = std::fs::read_dir(dir.path().join("mail"))
            .unwrap()
            .map(|f| f.unwrap().path())
            .collect();
        assert_eq!(files.len(), 1);
        assert_eq!(files[0].extension().unwrap(), "eml");
        let text = std::fs::read_to_string(&files[0]).unwrap();
        assert!(text.contains("\r\nTo: ada@example.com\r\n"), "{text}");
        assert!(text.contains("\r\ntoken:\r\nabc\r\n"), "{text}");
    }

    #[tokio::test]
    async fn mails_to_an_address_or_about_something_can_be_removed_and_the_others_stay() {
        let dir = tempfile::tempdir().unwrap();
        let outbox = Outbox::new(dir.path().join("mail"), "AI Chat <no-reply@localhost>".parse().unwrap());
        let left = || {
            let files = std::fs::read_dir(dir.path().join("mail")).unwrap().flatten();
            let texts = files.map(|file| std::fs::read_to_string(file.path()).unwrap());
            texts.collect::<Vec<_>>()
        };
        outbox.forget(Which::To("ada@example.com")).await.unwrap();
        for (id, to) in [
            ("a-1", "ada@example.com"),
            ("b-1", "dada@example.com"),
            ("b-2", "bob@example.com"),
        ] {
            let mail = crate::sample(&kernel::Ambient::system());
            let (id, to) = (id.into(), to.into());
            outbox.send(&Mail { id, to, ..mail }).await.unwrap();
        }
        outbox.forget(Which::To("Ada@example.com")).await.unwrap();
        assert_eq!(left().len(), 2);
        outbox.forget(Which::Ids("b-1")).await.unwrap();
        assert_eq!(left().len(), 1);
        assert!(left()[0].contains("To: bob@"));
    }
}
