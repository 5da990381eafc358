//! Owns the demo's embeddings: hashed words and character trigrams, so that texts with words in common are near each
//! other. No model is behind them. Refuses to be random: the same text gives the same vector for ever.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use kernel::Fault;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::domain::outline::{or_default, parse};

/// Numbers of a vector, unless the request says otherwise.
const DIMENSIONS: usize = 256;
/// Most numbers of a vector.
const DIMENSIONS_MAX: usize = 1024;
/// Most texts of a request.
const INPUTS_MAX: usize = 512;

/// A request, as OpenAI's clients send it.
#[derive(Deserialize)]
struct Request {
    input: Input,
    #[serde(default)]
    dimensions: Option<usize>,
    #[serde(default, deserialize_with = "or_default")]
    encoding_format: Encoding,
}

/// One or many texts, or texts already cut into tokens.
#[derive(Deserialize)]
#[serde(untagged)]
enum Input {
    Text(String),
    Texts(Vec<String>),
    Tokens(Vec<u64>),
    ManyTokens(Vec<Vec<u64>>),
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Encoding {
    #[default]
    Float,
    Base64,
}

impl Input {
    fn texts(self) -> Vec<String> {
        let words = |tokens: Vec<u64>| tokens.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ");
        match self {
            Self::Text(text) => vec![text],
            Self::Texts(texts) => texts,
            Self::Tokens(tokens) => vec![words(tokens)],
            Self::ManyTokens(many) => many.into_iter().map(words).collect(),
        }
    }
}

/// Answers a request for embeddings in OpenAI's shape; returns the tokens it counts for as well.
pub(crate) fn answer(body: &str, model: &str) -> Result<(Value, u32), Fault> {
    let request: Request = parse(body)?;
    let dimensions = request.dimensions.unwrap_or(DIMENSIONS);
    if !(1..=DIMENSIONS_MAX).contains(&dimensions) {
        return Err(Fault::invalid("dimensions", format!("is not 1 to {DIMENSIONS_MAX}")));
    }
    let texts = request.input.texts();
    if texts.is_empty() || texts.len() > INPUTS_MAX || texts.iter().any(String::is_empty) {
        return Err(Fault::invalid(
            "input",
            format!("is not 1 to {INPUTS_MAX} texts that are not empty"),
        ));
    }
    let tokens = texts.iter().map(|t| t.split_whitespace().count().max(1)).sum::<usize>();
    let tokens = u32::try_from(tokens).unwrap_or(u32::MAX);
    let item = |(index, text): (usize, &String)| {
        let vector = vector(text, dimensions);
        let embedding = match request.encoding_format {
            Encoding::Float => json!(vector),
            Encoding::Base64 => {
                json!(STANDARD.encode(vector.iter().flat_map(|v| v.to_le_bytes()).collect::<Vec<u8>>()))
            }
        };
        json!({"object": "embedding", "index": index, "embedding": embedding})
    };
    let data: Vec<Value> = texts.iter().enumerate().map(item).collect();
    let usage = json!({"prompt_tokens": tokens, "total_tokens": tokens});
    Ok((
        json!({"object": "list", "data": data, "model": model, "usage": usage}),
        tokens,
    ))
}

/// Hashes a text's words and trigrams to a vector of length 1.
fn vector(text: &str, dimensions: usize) -> Vec<f32> {
    let mut vector = vec![0f32; dimensions];
    let lower = text.to_lowercase();
    let mut add = |feature: &str, weight: f32| {
        let hash = feature.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |h, b| {
            (h ^ u64::from(b)).wrapping_mul(0x100_0000_01b3)
        });
        let place = usize::try_from(hash >> 1).unwrap_or(0) % dimensions;
        if let Some(slot) = vector.get_mut(place) {
            *slot += if hash & 1 == 0 { weight } else { -weight };
        }
    };
    for word in lower.split(|c: char| !c.is_alphanumeric()).filter(|w| !w.is_empty()) {
        add(word, 1.0);
        let padded: Vec<char> = std::iter::once(' ')
            .chain(word.chars())
            .chain(std::iter::once(' '))
            .collect();
        for gram in padded.windows(3) {
            add(&gram.iter().collect::<String>(), 0.5);
        }
    }
    let length = vector.iter().map(|v| v * v).sum::<f32>().sqrt();
    if length > 0.0 {
        vector.iter_mut().for_each(|v| *v /= length);
    } else if let Some(first) = vector.first_mut() {
        // A text without words still has a direction.
        *first = 1.0;
    }
    vector
}

#[cfg(test)]
mod tests {
    use super::*;

    fn near(a: &str, b: &str) -> f32 {
        vector(a, DIMENSIONS)
            .iter()
            .zip(vector(b, DIMENSIONS))
            .map(|(a, b)| a * b)
            .sum()
    }

    #[test]
    fn texts_with_words_in_common_are_nearer_than_others() {
        assert!((near("the cat sat", "the cat sat") - 1.0).abs() < 1e-5);
        assert!(
            near("the cat sat on the mat", "a cat on a mat")
                > near("the cat sat on the mat", "quarterly revenue forecast")
        );
    }

    #[test]
    fn both_encodings_say_the_same_and_bad_input_is_named() {
        let get = |body: Value| answer(&body.to_string(), "m").unwrap().0["data"][0]["embedding"].clone();
        let floats: Vec<f32> = serde_json::from_value(get(json!({"input": "hi", "dimensions": 8}))).unwrap();
        let coded = get(json!({"input": ["hi"], "dimensions": 8, "encoding_format": "base64"}));
        let bytes = STANDARD.decode(coded.as_str().unwrap()).unwrap();
        let decoded: Vec<f32> = bytes
            .chunks(4)
            .map(|b| f32::from_le_bytes(b.try_into().unwrap()))
            .collect();
        assert_eq!(floats, decoded);
        for (body, field) in [
            (json!({"input": ""}), "input"),
            (json!({"input": [], "x": 1}), "input"),
            (json!({"input": "a", "dimensions": 0}), "dimensions"),
        ] {
            assert_eq!(answer(&body.to_string(), "m").unwrap_err().fields[0].field, field);
        }
    }
}
