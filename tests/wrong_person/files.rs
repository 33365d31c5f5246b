//! Mistakes with files: what is attached is not what it seems, or cannot be looked into.

use super::paper::{Paper, locked};
use super::people::{Attached, appointment, person};
use super::scene::{Scene, Wrong};
use super::{DOCTOR, Mistake, settings};
use despatch_core::words::Sha256;

/// An appointment to which this file is attached as the medical report: it must not arrive.
fn attached(scene: &mut Scene, file: Vec<u8>) -> Vec<Wrong> {
    let wrong = vec![Wrong::Document { is: Sha256::of(&file), at: None }];
    scene.drop(appointment(&person(1)), &[Attached::report(file)]);
    wrong
}

/// The right report, as it is laid out.
fn paper() -> Paper {
    Paper::of(&person(1).findings())
}

pub const MISTAKES: &[Mistake] = &[
    Mistake {
        name: "locked-with-a-password",
        story: "The report is locked with a password, so nobody looked whose it is.",
        happens: |scene| attached(scene, locked(&person(1).report())),
    },
    Mistake {
        name: "locked-report-of-another",
        story: "Behind the password is another person's report.",
        happens: |scene| attached(scene, locked(&person(2).report())),
    },
    Mistake {
        name: "script",
        story: "The report holds a script.",
        happens: |scene| attached(scene, paper().with_script().pdf()),
    },
    Mistake {
        name: "file-inside",
        story: "Inside the right report lies another person's, as an embedded file.",
        happens: |scene| attached(scene, paper().with_a_file_inside(&person(2).report()).pdf()),
    },
    Mistake {
        name: "launch-action",
        story: "A click anywhere on the report starts a program.",
        happens: |scene| attached(scene, paper().that_launches_a_program().pdf()),
    },
    Mistake {
        name: "open-action",
        story: "The report calls a web page when it is opened, which tells a stranger who reads it and when.",
        happens: |scene| attached(scene, paper().that_opens_a_page_of_the_web().pdf()),
    },
    Mistake {
        name: "form-that-submits-itself",
        story: "The report submits a form when a page is shown.",
        happens: |scene| attached(scene, paper().that_submits_a_form().pdf()),
    },
    Mistake {
        name: "web-page-called-pdf",
        story: "The file is a web page whose name ends in .pdf.",
        happens: |scene| {
            let page = format!("<html><body><p>{}</p></body></html>", person(1).findings().join("</p><p>"));
            attached(scene, page.into_bytes())
        },
    },
    Mistake {
        name: "archive-called-pdf",
        story: "The file is an archive of papers about several people whose name ends in .pdf.",
        happens: |scene| {
            attached(scene, [b"PK\x03\x04\x14\0\0\0\0\0".as_slice(), &person(2).report()].concat())
        },
    },
    Mistake {
        name: "two-files-in-one",
        story: "In front of the report stands a web page: one reader shows the one, another shows the other.",
        happens: |scene| {
            let front = b"<html><body>Selamawit Quartermaine</body></html>\n".as_slice();
            attached(scene, [front, &person(1).report()].concat())
        },
    },
    Mistake {
        name: "scan-without-text",
        story: "The report is a scan without text: whose it is can only be seen by somebody who looks.",
        happens: |scene| attached(scene, Paper::scan().pdf()),
    },
    Mistake {
        name: "scan-behind-the-first-page",
        story: "The first page names the right person; behind it is a scan that nobody has looked at.",
        happens: |scene| attached(scene, paper().and_a_scan().pdf()),
    },
    Mistake {
        name: "cut-short",
        story: "The copy broke off in the middle: the file ends in the second half of the report.",
        happens: |scene| {
            let whole = person(1).report();
            attached(scene, whole[..whole.len() / 2].to_vec())
        },
    },
    Mistake {
        name: "virus",
        story: "The report carries the test virus, and the office has a scanner.",
        happens: |scene| {
            settings::has_a_virus_scanner(&scene.office);
            let test = [r"X5O!P%@AP[4\PZX54(P^)7CC)7}$", "EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"].concat();
            attached(scene, paper().with_ballast(test.into_bytes()).pdf())
        },
    },
    Mistake {
        name: "message-over-35-megabytes",
        story: "Two large scans make a message that the doctor's mail system cuts or bounces.",
        happens: |scene| {
            let large = |fill: u8| vec![fill; 14_000_000];
            let report = paper().with_ballast(large(1)).pdf();
            let more = Paper::of(&person(1).head()).with_ballast(large(2)).pdf();
            let attached = [Attached::report(report), Attached::new("supporting_information", more)];
            scene.drop(appointment(&person(1)), &attached);
            vec![Wrong::Anything { at: DOCTOR }]
        },
    },
];
