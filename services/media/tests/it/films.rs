//! Films and their stills.

use std::path::PathBuf;
use std::process::Command;

use serde_json::json;

use crate::samples::like_mp4;
use crate::{Setup, names, url, variant};

/// The real program, where it can be had: `AICHAT_TEST_FFMPEG`, else in the `PATH`.
fn ffmpeg() -> Option<PathBuf> {
    let named = std::env::var_os("AICHAT_TEST_FFMPEG").map(PathBuf::from);
    let path = std::env::var_os("PATH").unwrap_or_default();
    named
        .into_iter()
        .chain(std::env::split_paths(&path).map(|p| p.join("ffmpeg")))
        .find(|f| f.is_file())
}

#[tokio::test]
async fn a_film_has_a_poster_where_the_program_for_it_is_there() {
    let Some(program) = ffmpeg() else {
        return testkit::skip("there is no ffmpeg here");
    };
    let s = Setup::with(|c| c.ffmpeg = Some(program.clone())).await;
    let file = s.world.path().join("film.mp4");
    let made = Command::new(&program)
        .args([
            "-loglevel",
            "error",
            "-f",
            "lavfi",
            "-i",
            "color=c=red:s=2000x1000:d=1",
            "-c:v",
            "mpeg4",
        ])
        .arg(&file)
        .status();
    assert!(made.unwrap().success());
    let film = std::fs::read(&file).unwrap();
    let asset = s.looked_at(s.person(), "film.mp4", &film).await;
    assert_eq!(
        (names(&asset), &asset["kind"]),
        (vec!["original", "poster", "thumb"], &json!("video"))
    );
    assert_eq!(
        (&variant(&asset, "poster")["width"], &variant(&asset, "thumb")["width"]),
        (&json!(1600), &json!(320))
    );
    let poster = image::load_from_memory(&s.fetch(url(&asset, "poster")).await.body)
        .unwrap()
        .to_rgb8();
    assert!(poster.get_pixel(800, 400)[0] > 200 && asset["blurhash"].is_string());
    assert!(s.fetch(url(&asset, "original")).await.body == film);
    // What lay there for the program is gone.
    assert_eq!(
        std::fs::read_dir(s.world.path().join("media.scratch")).unwrap().count(),
        0
    );
}

#[tokio::test]
async fn a_program_that_fails_or_hangs_leaves_a_film_without_a_poster() {
    for body in ["exit 3", "while :; do :; done", "echo no picture"] {
        let s = Setup::with(|c| {
            c.times.still_seconds_max = 1;
            c.ffmpeg = Some("/bin/sh".into());
        });
        let s = s.await;
        let program = s.world.path().join("program");
        std::fs::write(&program, format!("#!/bin/sh\n{body}\n")).unwrap();
        std::fs::set_permissions(&program, std::os::unix::fs::PermissionsExt::from_mode(0o700)).unwrap();
        let s = s.restarted(|c| {
            c.times.still_seconds_max = 1;
            c.ffmpeg = Some(program.clone());
        });
        let s = s.await;
        let asset = s.looked_at(s.person(), "film.mp4", &like_mp4(10_000)).await;
        assert_eq!(
            (&asset["status"], names(&asset)),
            (&json!("ready"), vec!["original"]),
            "{body}"
        );
    }
}
