//! Owns reading the tokens that the product mails. It refuses to know what they are for.

use std::path::Path;

use crate::{Instance, eventually, skip};

/// Gives all tokens mailed to `email` so far, or None, with a printed line, when the mails are out of reach.
pub fn tokens(product: &Instance, email: &str) -> Option<Vec<String>> {
    let Some(dir) = product.mail_dir() else {
        skip("the mails of this product are out of reach; set AICHAT_TEST_MAIL_DIR");
        return None;
    };
    Some(read(&dir, email))
}

/// Waits for a token mailed to `email` that is not among `known`.
pub async fn next_token(product: &Instance, email: &str, known: &[String]) -> String {
    let dir = product.mail_dir().expect("a folder of mails");
    let fresh = async || read(&dir, email).into_iter().find(|token| !known.contains(token));
    eventually(&format!("a token for {email} in {}", dir.display()), fresh).await
}

fn read(dir: &Path, email: &str) -> Vec<String> {
    let files = std::fs::read_dir(dir).into_iter().flatten().flatten();
    let texts = files.filter_map(|file| std::fs::read_to_string(file.path()).ok());
    let addressed = |text: &String| text.lines().any(|line| line.starts_with("To:") && line.contains(email));
    texts.filter(addressed).filter_map(|text| token(&text)).collect()
}

/// Finds the line after `token:`.
fn token(mail: &str) -> Option<String> {
    let mut lines = mail.lines().map(str::trim).skip_while(|line| *line != "token:").skip(1);
    lines.find(|line| !line.is_empty()).map(str::to_owned)
}
