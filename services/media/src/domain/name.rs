//! Owns what a file is called: a name without a path and without letters that deceive. Refuses to make keys of it.

/// Longest name, in characters.
pub(crate) const NAME_CHARS_MAX: usize = 200;
/// Longest description for those who cannot see it, in characters.
pub(crate) const ALT_CHARS_MAX: usize = 1_500;
/// What has no name is called so.
const NAMELESS: &str = "file";

/// Cleans a name: the part after the last slash of either kind, without control characters and those that turn the
/// direction of text (`gpj.exe` would read `exe.jpg`), at most 200 characters, keeping the ending.
pub(crate) fn clean(given: &str) -> String {
    let last = given.rsplit(['/', '\\']).next().unwrap_or_default();
    let kept: String = last.chars().filter(|c| !c.is_control() && !deceives(*c)).collect();
    let kept = kept.trim().trim_start_matches('.');
    if kept.is_empty() {
        return NAMELESS.into();
    }
    let count = kept.chars().count();
    if count <= NAME_CHARS_MAX {
        return kept.into();
    }
    let ending = kept.rsplit_once('.').map_or("", |(_, e)| e);
    let ending: String = ending.chars().take(10).collect();
    let stem = NAME_CHARS_MAX - ending.chars().count() - 1;
    kept.chars()
        .take(stem)
        .chain(".".chars())
        .chain(ending.chars())
        .collect()
}

fn deceives(c: char) -> bool {
    matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
}

/// Returns a `Content-Disposition` (RFC 6266): an ASCII name for old clients, the true one beside it.
pub(crate) fn disposition(inline: bool, name: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || " .-_()".contains(c);
    let ascii: String = name.chars().map(|c| if plain(c) { c } else { '_' }).collect();
    let mut encoded = String::new();
    for byte in name.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            encoded.push_str(&format!("%{byte:02X}"));
        }
    }
    let way = if inline { "inline" } else { "attachment" };
    format!("{way}; filename=\"{ascii}\"; filename*=UTF-8''{encoded}")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_name_has_no_path_and_does_not_deceive() {
        for (given, kept) in [
            ("../../etc/passwd", "passwd"),
            ("C:\\temp\\a.png", "a.png"),
            ("evil\u{202e}gpj.exe", "evilgpj.exe"),
            ("a\r\nSet-Cookie: x", "aSet-Cookie: x"),
            ("..", "file"),
            ("", "file"),
            (".htaccess", "htaccess"),
        ] {
            assert_eq!(clean(given), kept);
        }
        let long = clean(&format!("{}.jpeg", "ä".repeat(500)));
        assert!(long.chars().count() == NAME_CHARS_MAX && long.ends_with(".jpeg"));
    }

    proptest! {
        #[test]
        fn a_disposition_is_one_header_line_whatever_the_name(name in "\\PC{0,300}|[\\x00-\\x7f]{0,80}") {
            let line = disposition(false, &clean(&name));
            prop_assert!(line.bytes().all(|b| (0x20..0x7f).contains(&b)));
            prop_assert_eq!(line.matches('"').count(), 2);
            prop_assert!(http::HeaderValue::from_str(&line).is_ok());
        }
    }
}
