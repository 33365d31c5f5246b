//! Enters: numbers with their labels. Leaves: a small picture of them, with a table that says the same.
//! Never: says anything by a colour alone: the numbers stand in the table.

use crate::components::{Cell, Table};
use serde::Serialize;

/// The width of the drawing, in its own units.
const WIDTH: u64 = 720;
/// The height of the bars at most.
const BARS: u64 = 120;
/// What stands above and below the bars.
const MARGIN: u64 = 20;
/// The most labels below the bars.
const LABELS_MAX: usize = 7;

/// Bars beside each other; several in one place stand beside each other too.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Chart {
    /// The id of its title and its description.
    pub id: String,
    pub title: String,
    pub description: String,
    pub wide: u64,
    pub high: u64,
    pub base: u64,
    pub bars: Vec<Bar>,
    pub labels: Vec<Label>,
    pub table: Table,
    /// Whether its table is short enough to stand open.
    pub is_short: bool,
}

/// The most rows of a table that stands open below its chart.
const SHORT: usize = 6;

/// One bar.
#[derive(Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Bar {
    pub x: u64,
    pub y: u64,
    pub wide: u64,
    pub high: u64,
    pub second: bool,
}

/// Words below a bar.
#[derive(Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Label {
    pub x: u64,
    pub y: u64,
    pub text: String,
}

impl Chart {
    /// Draws rows, each with its label and a number for each series. The first two series are drawn; all stand in the
    /// table.
    pub fn new(id: &str, title: &str, (first, series): (&str, &[&str]), rows: &[(String, Vec<u64>)]) -> Self {
        let drawn = series.len().clamp(1, 2);
        let most =
            rows.iter().flat_map(|(_, numbers)| numbers.iter().take(drawn)).max().copied().unwrap_or(0);
        let places = u64::try_from(rows.len()).unwrap_or(1).max(1);
        let place = WIDTH / places;
        let width = (place * 3 / 4 / u64::try_from(drawn).unwrap_or(1)).max(1);
        let every = rows.len().div_ceil(LABELS_MAX).max(1);
        let (mut bars, mut labels) = (Vec::new(), Vec::new());
        for (at, (label, numbers)) in (0_u64..).zip(rows) {
            let left = at * place + place / 8;
            for (of, number) in (0_u64..).zip(numbers.iter().take(drawn)) {
                let height = number.saturating_mul(BARS).checked_div(most).unwrap_or(0);
                let (x, y) = (left + of * width, MARGIN + BARS - height);
                bars.push(Bar { x, y, wide: width, high: height, second: of == 1 });
            }
            if usize::try_from(at).unwrap_or(usize::MAX).is_multiple_of(every) {
                labels.push(Label { x: left, y: MARGIN + BARS + 16, text: label.clone() });
            }
        }
        let head = std::iter::once(first).chain(series.iter().copied());
        let head = head.enumerate().map(|(at, text)| Cell { format: figures(at > 0), ..Cell::from(text) });
        let row = |(label, numbers): &(String, Vec<u64>)| {
            std::iter::once(Cell::from(label.as_str())).chain(numbers.iter().map(Cell::number)).collect()
        };
        let table = Table::new(title, head.collect(), rows.iter().map(row).collect());
        let description = match most {
            0 => "Nothing is to be drawn.".to_owned(),
            most => format!("The highest bar stands for {most}. The table below has every number."),
        };
        let height = MARGIN + BARS + MARGIN + 4;
        Self {
            id: id.to_owned(),
            title: title.to_owned(),
            description,
            wide: WIDTH,
            high: height,
            base: MARGIN + BARS,
            bars,
            labels,
            table,
            is_short: rows.len() <= SHORT,
        }
    }
}

fn figures(yes: bool) -> String {
    if yes { "numeric".to_owned() } else { String::new() }
}

#[cfg(test)]
mod tests {
    use super::{BARS, Chart, MARGIN, WIDTH};

    fn rows(numbers: &[u64]) -> Vec<(String, Vec<u64>)> {
        numbers.iter().map(|number| (format!("day {number}"), vec![*number, 1, 7])).collect()
    }

    #[test]
    fn each_bar_is_as_high_as_its_number_and_inside_the_picture() {
        let rows = rows(&[0, 5, 10]);
        let chart =
            Chart::new("through", "What went through", ("day", &["sent", "approved", "queued"]), &rows);
        let heights: Vec<u64> = chart.bars.iter().filter(|bar| !bar.second).map(|bar| bar.high).collect();
        assert_eq!(heights, [0, BARS / 2, BARS]);
        assert!(chart.bars.iter().all(|bar| bar.x + bar.wide <= WIDTH && bar.y + bar.high == MARGIN + BARS));
        assert_eq!(chart.table.rows.len(), 3);
        assert!(chart.table.rows.iter().all(|row| row.len() == 4));
    }

    #[test]
    fn nothing_and_very_much_are_drawn_too() {
        for rows in [vec![], rows(&[0, 0]), rows(&[u64::MAX, 1]), rows(&(0..60).collect::<Vec<_>>())] {
            let chart = Chart::new("x", "x", ("day", &["sent"]), &rows);
            assert!(chart.bars.iter().all(|bar| bar.high <= BARS));
            assert!(chart.labels.len() <= 7);
        }
    }
}
