//! Takes in one file by a form (RFC 7578): field by field, the file as a stream.

use std::time::Duration;

use bytes::Bytes;
use contracts::media::AssetKind;
use futures::StreamExt as _;
use futures::stream::BoxStream;
use kernel::{AssetId, Fault, UserId};
use multer::{Field, Multipart};

use super::App;
use super::take_in::{Budget, Cut, Cutter};
use crate::domain::asset::{Arrival, Asset, Piece};
use crate::domain::kind::{self, Found};
use crate::domain::name;
use crate::error::Error;

/// Fields of one form.
const FIELDS_MAX: usize = 8;
/// Bytes that a form may have besides its file: boundaries, heads, the description.
pub(crate) const FORM_BYTES_MAX: u64 = 64 * 1024;

/// A form that is on its way.
pub(crate) struct Form {
    pub(crate) user: UserId,
    pub(crate) boundary: String,
    /// Length of the whole body, when the sender says it.
    pub(crate) length: Option<u64>,
    pub(crate) body: BoxStream<'static, Result<Bytes, Error>>,
}

/// A file that has come in.
struct Taken {
    file_name: String,
    kind: AssetKind,
    pieces: Vec<Piece>,
}

impl App {
    /// Takes in the file of a form. All of it is cleared away again when something is wrong.
    pub(crate) async fn upload(&self, form: Form) -> Result<Asset, Error> {
        let (user, id) = (form.user, self.ambient.id::<AssetId>());
        if let Some(length) = form.length
            && length > self.config.limits.any_bytes_max() + FORM_BYTES_MAX
        {
            return Err(Error::TooLarge(self.config.limits.any_bytes_max()));
        }
        self.hold(user, id, form.length.unwrap_or(0)).await?;
        let most = Duration::from_secs(self.config.times.request_seconds_max);
        let taken = match tokio::time::timeout(most, self.take_form(id, form)).await {
            Ok(taken) => taken,
            Err(_) => Err(Error::TooSlow),
        };
        let arrived = match taken {
            Ok((file, alt)) => {
                let arrival = Arrival {
                    id,
                    owner_id: user,
                    kind: file.kind,
                    file_name: file.file_name,
                    alt,
                    source: file.pieces,
                };
                self.arrive(arrival).await
            }
            Err(e) => Err(e),
        };
        if arrived.is_err() {
            self.undo_unless_asset(user, id).await;
        }
        arrived
    }

    async fn take_form(&self, id: AssetId, form: Form) -> Result<(Taken, String), Error> {
        let silence = Duration::from_secs(self.config.times.silence_seconds);
        let (user, counted) = (form.user, form.length.is_some());
        let budget = Budget::default();
        let mut parts = Multipart::new(budget.around(form.body), form.boundary);
        let (mut file, mut alt) = (None, None);
        for _ in 0..FIELDS_MAX {
            budget.renew();
            let next = tokio::time::timeout(silence, parts.next_field()).await;
            let Some(field) = next.map_err(|_| Error::TooSlow)?.map_err(unreadable)? else {
                let file = file.ok_or_else(|| Fault::invalid("file", "is missing"))?;
                return Ok((file, alt.unwrap_or_default()));
            };
            match field.name().unwrap_or_default() {
                "file" if file.is_none() => file = Some(self.take_file((user, id, counted), field, &budget).await?),
                "alt" if alt.is_none() => alt = Some(read_alt(field, silence).await?),
                "file" | "alt" => return Err(Fault::invalid("form", "has a field twice").into()),
                other => {
                    let other: String = other.chars().take(60).collect();
                    return Err(Fault::invalid(other, "is an unknown field").into());
                }
            }
        }
        Err(Fault::invalid("form", "has too many fields").into())
    }

    async fn take_file(
        &self,
        (user, id, counted): (UserId, AssetId, bool),
        field: Field<'static>,
        budget: &Budget,
    ) -> Result<Taken, Error> {
        let file_name = name::clean(field.file_name().unwrap_or_default());
        let silence = Duration::from_secs(self.config.times.silence_seconds);
        let renew = budget.clone();
        let bytes = field.map(move |bytes| {
            renew.renew();
            bytes.map_err(unreadable)
        });
        let mut cutter = Cutter::new(bytes.boxed(), silence);
        let mut pieces: Vec<Piece> = Vec::new();
        let (mut found, mut total): (Option<Found>, u64) = (None, 0);
        loop {
            let (bytes, last) = match cutter.next().await {
                Cut::More(bytes) => (bytes, false),
                Cut::Last(bytes) => (bytes, true),
                Cut::Broken(_, e) => return Err(e),
            };
            let Some(Found { kind, .. }) = found.or_else(|| kind::sniff(&bytes)) else {
                cutter.discard().await;
                return Err(if bytes.is_empty() {
                    Fault::invalid("file", "is empty").into()
                } else {
                    Error::NotTaken
                });
            };
            found = found.or_else(|| kind::sniff(&bytes));
            total += bytes.len() as u64;
            let most = self.config.limits.bytes_max(kind);
            if total > most {
                cutter.discard().await;
                return Err(Error::TooLarge(most));
            }
            if !counted {
                self.hold(user, id, total).await?;
            }
            if !bytes.is_empty() {
                pieces.push(self.objects.put(id, bytes).await?);
            }
            if last {
                return Ok(Taken {
                    file_name,
                    kind,
                    pieces,
                });
            }
        }
    }
}

async fn read_alt(mut field: Field<'static>, silence: Duration) -> Result<String, Error> {
    let too_long = || Fault::invalid("alt", format!("is over {} characters", name::ALT_CHARS_MAX));
    let mut read = Vec::new();
    loop {
        let chunk = tokio::time::timeout(silence, field.chunk()).await;
        let Some(chunk) = chunk.map_err(|_| Error::TooSlow)?.map_err(unreadable)? else {
            break;
        };
        read.extend_from_slice(&chunk);
        if read.len() > name::ALT_CHARS_MAX * 4 {
            return Err(too_long().into());
        }
    }
    let alt = String::from_utf8(read).map_err(|_| Fault::invalid("alt", "is not UTF-8"))?;
    if alt.chars().count() > name::ALT_CHARS_MAX {
        return Err(too_long().into());
    }
    Ok(alt)
}

fn unreadable(e: multer::Error) -> Error {
    match e {
        multer::Error::IncompleteStream
        | multer::Error::IncompleteFieldData { .. }
        | multer::Error::IncompleteHeaders
        | multer::Error::StreamReadFailed(_) => Error::Broken,
        other => Error::Malformed(format!("The form cannot be read: {other}")),
    }
}
