//! Owns the file outbox: one `.eml` file for each mail, for a product without a mail server. Refuses to be read by others:
//! mails tell who knows whom.

use std::io::Write as _;
use std::os::unix::fs::DirBuilderExt as _;
use std::path::{Path, PathBuf};

use async_trait::async_trait;
use lettre::message::Mailbox;

use super::{Mail, MailError, Mailer, message};

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

    async fn forget(&self, prefix: &str) -> Result<(), MailError> {
        let (folder, prefix) = (self.folder.clone(), prefix.to_owned());
        let removed = tokio::task::spawn_blocking(move || remove(&folder, &prefix)).await;
        removed
            .map_err(|e| MailError(e.to_string()))?
            .map_err(|e| MailError(e.to_string()))
    }
}

/// Removes the files of mails whose id begins with `prefix`: `{time}-{id}.eml`.
fn remove(folder: &Path, prefix: &str) -> std::io::Result<()> {
    let entries = match std::fs::read_dir(folder) {
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Ok(()),
        entries => entries?,
    };
    for entry in entries {
        let entry = entry?;
        let name = entry.file_name();
        let id = name.to_str().and_then(|name| Some(name.split_once('-')?.1));
        if id.is_some_and(|id| id.starts_with(prefix)) {
            match std::fs::remove_file(entry.path()) {
                Err(e) if e.kind() != std::io::ErrorKind::NotFound => return Err(e),
                _ => {}
            }
        }
    }
    Ok(())
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
        let mail = super::super::sample(&kernel::Ambient::system());
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
}
