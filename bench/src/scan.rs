//! Owns cheap looks into JSON text whose writer we know. Refuses to be a parser.

use memchr::memmem;

/// Returns the unsigned number that stands right after the first `key` (for example `"seq":`).
pub fn number_after(text: &[u8], key: &[u8]) -> Option<u64> {
    let start = memmem::find(text, key)? + key.len();
    number_at(text, start)
}

/// Returns the unsigned number that stands at `start`.
pub fn number_at(text: &[u8], start: usize) -> Option<u64> {
    let rest = text.get(start..)?;
    let mut digits = rest.iter().take_while(|byte| byte.is_ascii_digit()).peekable();
    digits.peek()?;
    Some(digits.fold(0, |number: u64, digit| {
        number.wrapping_mul(10).wrapping_add(u64::from(digit - b'0'))
    }))
}

/// The place of a number in a prebuilt request.
pub const NUMBER_MARK: &str = "########";

/// A prebuilt request in which some places hold one changing eight-digit number.
pub struct Template {
    bytes: Vec<u8>,
    places: Vec<usize>,
}

impl Template {
    /// Takes bytes with `########` at every place.
    pub fn new(bytes: Vec<u8>) -> Self {
        let places = memmem::find_iter(&bytes, NUMBER_MARK).collect();
        Self { bytes, places }
    }

    /// Writes `number` (below 100,000,000) at every place and returns the request.
    pub fn fill(&mut self, number: usize) -> &[u8] {
        let digits = format!("{number:08}");
        for &place in &self.places {
            if let Some(slot) = self.bytes.get_mut(place..place + digits.len()) {
                slot.copy_from_slice(digits.as_bytes());
            }
        }
        &self.bytes
    }
}

/// Returns a text of `bytes` ASCII characters that begins with `m########`.
pub fn message_text(bytes: usize) -> String {
    let mut text = format!("m{NUMBER_MARK} ");
    text.extend(
        "the quick brown fox jumps over the lazy dog "
            .chars()
            .cycle()
            .take(bytes.saturating_sub(text.len())),
    );
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_found_after_their_key() {
        assert_eq!(number_after(br#"{"readSeq":1,"seq":42}"#, b"\"seq\":"), Some(42));
        assert_eq!(number_after(br#"{"seq":null}"#, b"\"seq\":"), None);
    }

    #[test]
    fn every_mark_gets_the_number() {
        let mut template = Template::new(b"a-######## m########".to_vec());
        assert_eq!(template.fill(7), b"a-00000007 m00000007");
        assert_eq!(template.fill(12_345_678), b"a-12345678 m12345678");
        assert_eq!(message_text(128).len(), 128);
    }
}
