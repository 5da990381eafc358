//! Owns OpenAI's request for embeddings and its list of vectors, for the adapters that translate them. Refuses to make a
//! vector itself.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use serde::{Deserialize, Serialize};

use crate::domain::outline::{or_default, parse};
use crate::error::Error;

/// Most texts of a request; OpenAI's own limit.
const TEXTS_MAX: usize = 2048;

/// A request for embeddings.
pub(crate) struct VectorRequest {
    /// What is to be embedded, 1 to 2,048 texts that are not empty.
    pub(crate) texts: Vec<String>,
    /// Numbers of a vector, where the caller says so.
    pub(crate) dimensions: Option<u32>,
    encoding: Encoding,
}

#[derive(Deserialize)]
struct Request {
    input: Input,
    dimensions: Option<u32>,
    #[serde(default, deserialize_with = "or_default")]
    encoding_format: Encoding,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Input {
    Text(String),
    Texts(Vec<String>),
    Other(serde::de::IgnoredAny),
}

#[derive(Clone, Copy, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Encoding {
    #[default]
    Float,
    Base64,
}

impl VectorRequest {
    /// Reads a request. Texts that are cut into tokens already are refused: they are another model's tokens.
    pub(crate) fn read(body: &[u8]) -> Result<Self, Error> {
        let request: Request = parse(std::str::from_utf8(body).unwrap_or_default())?;
        let texts = match request.input {
            Input::Text(text) => vec![text],
            Input::Texts(texts) => texts,
            Input::Other(_) => Vec::new(),
        };
        if texts.is_empty() || texts.len() > TEXTS_MAX || texts.iter().any(String::is_empty) {
            let words =
                format!("is not 1 to {TEXTS_MAX} texts that are not empty; tokens cannot be sent to this provider");
            return Err(Error::Invalid("input", words));
        }
        Ok(Self {
            texts,
            dimensions: request.dimensions,
            encoding: request.encoding_format,
        })
    }

    /// Writes the list of `vectors`, one for each text, as OpenAI does.
    pub(crate) fn answer(&self, vectors: &[Vec<f32>], model: &str, prompt_tokens: u32) -> Bytes {
        let data = vectors.iter().enumerate().map(|(index, vector)| Embedding {
            object: "embedding",
            index,
            embedding: match self.encoding {
                Encoding::Float => Vector::Floats(vector),
                Encoding::Base64 => {
                    Vector::Base64(STANDARD.encode(vector.iter().flat_map(|v| v.to_le_bytes()).collect::<Vec<u8>>()))
                }
            },
        });
        let list = List {
            object: "list",
            data: data.collect(),
            model,
            usage: Tokens {
                prompt_tokens,
                total_tokens: prompt_tokens,
            },
        };
        // Not by way of a `Value`, which would write each number as a double.
        serde_json::to_vec(&list).unwrap_or_default().into()
    }
}

#[derive(Serialize)]
struct List<'a> {
    object: &'static str,
    data: Vec<Embedding<'a>>,
    model: &'a str,
    usage: Tokens,
}

#[derive(Serialize)]
struct Embedding<'a> {
    object: &'static str,
    index: usize,
    embedding: Vector<'a>,
}

#[derive(Serialize)]
#[serde(untagged)]
enum Vector<'a> {
    Floats(&'a [f32]),
    Base64(String),
}

#[derive(Serialize)]
struct Tokens {
    prompt_tokens: u32,
    total_tokens: u32,
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn request(body: Value) -> Result<VectorRequest, Error> {
        VectorRequest::read(body.to_string().as_bytes())
    }

    #[test]
    fn both_encodings_say_the_same() {
        let vectors = [vec![0.013_168_523_f32, -1.5]];
        let plain = request(json!({"input": "a"})).unwrap().answer(&vectors, "m", 3);
        let plain = String::from_utf8(plain.to_vec()).unwrap();
        assert!(plain.contains(r#""embedding":[0.013168523,-1.5]"#), "{plain}");
        let coded = request(json!({"input": ["a"], "encoding_format": "base64"})).unwrap();
        let coded: Value = serde_json::from_slice(&coded.answer(&vectors, "m", 3)).unwrap();
        let bytes = STANDARD
            .decode(coded["data"][0]["embedding"].as_str().unwrap())
            .unwrap();
        assert_eq!(bytes, [0.013_168_523_f32, -1.5].map(f32::to_le_bytes).concat());
        assert_eq!(coded["usage"], json!({"prompt_tokens": 3, "total_tokens": 3}));
    }

    #[test]
    fn what_cannot_be_embedded_is_named() {
        for input in [
            json!(""),
            json!([]),
            json!([1, 2]),
            json!([[1]]),
            json!(["a", ""]),
            json!(7),
        ] {
            let fault = kernel::Fault::from(request(json!({"input": input})).err().unwrap());
            assert_eq!((fault.kind.status(), fault.fields[0].field.as_str()), (422, "input"));
        }
    }
}
