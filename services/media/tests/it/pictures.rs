//! What becomes of pictures.

use image::{DynamicImage, GenericImageView as _, ImageFormat, Rgba, RgbaImage};
use serde_json::{Value, json};

use crate::samples::{
    SECRET, bomb_gif, bomb_png, bomb_webps, camera_jpeg, chatty_png, chatty_webp, encoded, holds, jpeg, moving_gif, png,
};
use crate::{Setup, names, url, variant};

async fn original(s: &Setup, asset: &Value) -> Vec<u8> {
    s.fetch(url(asset, "original")).await.expect(200).body.to_vec()
}

#[tokio::test]
async fn where_and_when_a_picture_was_taken_is_in_nothing_that_is_handed_out() {
    let s = Setup::new().await;
    let ada = s.person();
    let given = [
        ("a.jpg", camera_jpeg(640, 480, 1)),
        ("turned.jpg", camera_jpeg(640, 480, 6)),
        ("b.png", chatty_png(640, 480)),
        ("c.webp", chatty_webp(640, 480)),
        ("d.gif", moving_gif()),
    ];
    for (name, bytes) in given {
        assert!(holds(&bytes, SECRET), "{name}: the test's own file must have it");
        let asset = s.looked_at(ada, name, &bytes).await;
        assert_eq!(asset["status"], "ready", "{name}: {asset}");
        for size in asset["variants"].as_array().unwrap() {
            let got = s.fetch(size["url"].as_str().unwrap()).await.expect(200);
            assert!(
                !holds(&got.body, SECRET) && !holds(&got.body, b"Exif\0"),
                "{name} {}",
                size["name"]
            );
            image::load_from_memory(&got.body).unwrap();
        }
    }
}

#[tokio::test]
async fn a_picture_that_needs_no_turning_keeps_its_pixels_to_the_bit() {
    let s = Setup::new().await;
    for (name, given) in [
        ("a.jpg", camera_jpeg(320, 200, 1)),
        ("b.png", chatty_png(320, 200)),
        ("c.webp", chatty_webp(320, 200)),
    ] {
        let asset = s.looked_at(s.person(), name, &given).await;
        let kept = original(&s, &asset).await;
        assert!(kept.len() < given.len());
        assert_eq!(
            image::load_from_memory(&kept).unwrap(),
            image::load_from_memory(&given).unwrap(),
            "{name}"
        );
    }
}

#[tokio::test]
async fn a_picture_that_was_held_turned_stands_upright_in_every_size() {
    let s = Setup::new().await;
    // Left red and right blue, to be turned by a quarter to the right: red above, blue below.
    let asset = s.looked_at(s.person(), "a.jpg", &camera_jpeg(1000, 600, 6)).await;
    assert_eq!(names(&asset), ["original", "medium", "thumb"]);
    for name in names(&asset) {
        let picture = image::load_from_memory(&s.fetch(url(&asset, name)).await.body).unwrap();
        let (width, height) = picture.dimensions();
        assert!(height > width, "{name}");
        assert_eq!(variant(&asset, name)["width"], width);
        let (top, bottom) = (
            picture.get_pixel(width / 2, height / 10),
            picture.get_pixel(width / 2, height * 9 / 10),
        );
        assert!(
            top[0] > 150 && top[2] < 100 && bottom[2] > 150 && bottom[0] < 100,
            "{name}: {top:?} {bottom:?}"
        );
    }
}

#[tokio::test]
async fn sizes_are_no_longer_than_they_say_and_none_is_made_larger() {
    let s = Setup::new().await;
    let ada = s.person();
    let large = s.looked_at(ada, "a.jpg", &jpeg(2000, 1000)).await;
    let sides: Vec<Value> = large["variants"]
        .as_array()
        .unwrap()
        .iter()
        .map(|v| json!([v["name"], v["width"], v["height"], v["mime"]]))
        .collect();
    assert_eq!(
        Value::from(sides),
        json!([
            ["original", 2000, 1000, "image/jpeg"],
            ["large", 1600, 800, "image/jpeg"],
            ["medium", 800, 400, "image/jpeg"],
            ["thumb", 320, 160, "image/jpeg"]
        ])
    );
    assert!(large["blurhash"].as_str().unwrap().len() >= 6);
    let small = s.looked_at(ada, "b.png", &png(10, 5)).await;
    assert_eq!(
        (names(&small), &variant(&small, "thumb")["width"]),
        (vec!["original", "thumb"], &json!(10))
    );
    let narrow = s.looked_at(ada, "c.png", &png(3000, 1)).await;
    assert_eq!(variant(&narrow, "thumb")["height"], 1);
}

#[tokio::test]
async fn a_transparent_picture_stays_transparent() {
    let s = Setup::new().await;
    let glass = DynamicImage::from(RgbaImage::from_pixel(900, 400, Rgba([10, 200, 10, 100])));
    let asset = s
        .looked_at(s.person(), "a.png", &encoded(&glass, ImageFormat::Png))
        .await;
    assert_eq!(variant(&asset, "thumb")["mime"], "image/webp");
    let thumb = image::load_from_memory(&s.fetch(url(&asset, "thumb")).await.body).unwrap();
    assert_eq!(thumb.get_pixel(5, 5)[3], 100);
}

#[tokio::test]
async fn a_picture_that_moves_goes_on_moving_and_has_a_still() {
    let s = Setup::new().await;
    let asset = s.looked_at(s.person(), "a.gif", &moving_gif()).await;
    assert_eq!((&asset["animated"], &asset["kind"]), (&json!(true), &json!("image")));
    let kept = original(&s, &asset).await;
    assert!(holds(&kept, b"NETSCAPE2.0"));
    let decoder = image::codecs::gif::GifDecoder::new(std::io::Cursor::new(kept)).unwrap();
    assert_eq!(image::AnimationDecoder::into_frames(decoder).count(), 3);
    assert_eq!(variant(&asset, "thumb")["mime"], "image/jpeg");
    let still = s.looked_at(s.person(), "b.png", &png(8, 8)).await;
    assert_eq!(still["animated"], false);
}

#[tokio::test]
async fn a_bomb_is_refused_by_its_header_and_its_bytes_go() {
    let s = Setup::with(|c| c.limits.image_pixels_max = 1_000_000).await;
    let ada = s.person();
    for (width, height) in [(50_000, 50_000), (1001, 1000), (u32::MAX >> 1, 1)] {
        let asset = s.looked_at(ada, "bomb.png", &bomb_png(width, height)).await;
        assert_eq!(
            (&asset["status"], &asset["reason"]),
            (&json!("rejected"), &json!("too_many_pixels")),
            "{width}"
        );
        assert_eq!(asset["variants"], json!([]));
    }
    s.until(async || (s.objects() == 0).then_some(())).await;
    assert_eq!(s.looked_at(ada, "fits.png", &png(1000, 1000)).await["status"], "ready");
    assert!(s.events().await.contains(&"aichat.asset.rejected.v1".to_owned()));
}

#[tokio::test]
async fn a_frame_larger_than_its_picture_says_is_refused_before_it_is_unpacked() {
    let s = Setup::new().await;
    let ada = s.person();
    let gifs = [bomb_gif(65_535, 65_535), bomb_gif(10_000, 10_000)];
    for (n, bytes) in bomb_webps().into_iter().chain(gifs).enumerate() {
        let asset = s.looked_at(ada, "bomb", &bytes).await;
        assert_eq!(
            (&asset["status"], &asset["reason"]),
            (&json!("rejected"), &json!("too_many_pixels")),
            "{n}"
        );
    }
    let kept = s.looked_at(ada, "c.webp", &chatty_webp(64, 64)).await;
    assert_eq!(kept["status"], "ready");
}

#[tokio::test]
async fn a_picture_of_sixteen_bits_may_have_half_as_many_pixels() {
    let s = Setup::with(|c| c.limits.image_pixels_max = 10_000).await;
    let deep = |side| encoded(&DynamicImage::new_rgba16(side, side), ImageFormat::Png);
    let asset = s.looked_at(s.person(), "a.png", &deep(80)).await;
    assert_eq!(asset["reason"], "too_many_pixels");
    assert_eq!(s.looked_at(s.person(), "b.png", &deep(70)).await["status"], "ready");
}

#[tokio::test]
async fn what_only_begins_like_a_picture_is_rejected() {
    let s = Setup::new().await;
    let ada = s.person();
    let (jpeg, png) = (jpeg(64, 64), png(64, 64));
    let broken: [&[u8]; 4] = [
        b"\xff\xd8\xff\xe0garbage",
        &png[..40],
        b"GIF89a\x01\0\x01\0\x80",
        &jpeg[..60],
    ];
    for bytes in broken {
        let asset = s.looked_at(ada, "a", bytes).await;
        assert_eq!(
            (&asset["status"], &asset["reason"]),
            (&json!("rejected"), &json!("unreadable"))
        );
    }
}
