//! Enters: the name of a style, script or picture. Leaves: its bytes, from the program itself.
//! Never: reads a file, or gives out what is not on the list.

use crate::render::BUILT_IN;
use despatch_web::Asset;

/// What a browser may fetch, with its media type. The folder also holds licences and the script that renews it.
pub const ASSETS: [(&str, &str); 7] = [
    ("despatch.css", "text/css; charset=utf-8"),
    ("despatch.js", "text/javascript; charset=utf-8"),
    ("favicon.svg", "image/svg+xml"),
    ("govuk-frontend.min.css", "text/css; charset=utf-8"),
    ("govuk-frontend.min.js", "text/javascript; charset=utf-8"),
    ("js-enabled.js", "text/javascript; charset=utf-8"),
    ("moj-frontend.css", "text/css; charset=utf-8"),
];

/// Returns the asset of this name (`despatch.css`), if there is one.
pub fn asset(name: &str) -> Option<Asset> {
    let (name, media_type) = ASSETS.iter().find(|(known, _)| *known == name)?;
    let bytes = BUILT_IN.get_file(format!("_assets/{name}"))?.contents();
    Some(Asset { media_type, bytes })
}
