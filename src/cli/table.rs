// SPDX-License-Identifier: MIT OR Apache-2.0
//! Tables: framed on a terminal, aligned text in a pipe, Markdown for documents.

use comfy_table::{Attribute, Cell, ContentArrangement, Table as Framed, presets};

/// How a table looks.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Style {
    /// For people: lines, and colours unless somebody minds.
    Framed {
        /// Whether headers stand out by attributes.
        bold: bool,
    },
    /// For programs and files.
    Plain,
    /// For documents.
    Markdown,
}

/// Rows below headers.
#[derive(Debug)]
pub(super) struct Table {
    headers: Vec<&'static str>,
    rows: Vec<Vec<String>>,
}

impl Table {
    /// An empty table.
    pub(super) fn new(headers: &[&'static str]) -> Self {
        Self {
            headers: headers.to_vec(),
            rows: Vec::new(),
        }
    }

    /// Adds a row; control characters that a label may contain are made harmless.
    pub(super) fn row<const N: usize>(&mut self, cells: [String; N]) {
        self.rows
            .push(cells.iter().map(|cell| printable(cell)).collect());
    }

    /// The table as text, each line with its end.
    pub(super) fn render(&self, style: Style) -> String {
        match style {
            Style::Framed { bold } => self.framed(bold),
            Style::Plain => self.plain(),
            Style::Markdown => self.markdown(),
        }
    }

    fn framed(&self, bold: bool) -> String {
        let mut table = Framed::new();
        table.load_style(presets::UTF8_FULL_CONDENSED);
        // Some terminals tell no width, or none that a table could fit into.
        if table.width().is_some_and(|width| width >= 40) {
            table.set_content_arrangement(ContentArrangement::Dynamic);
        }
        table.set_header(self.headers.iter().map(|header| {
            let cell = Cell::new(header);
            if bold {
                cell.add_attribute(Attribute::Bold)
            } else {
                cell
            }
        }));
        for row in &self.rows {
            table.add_row(row);
        }
        format!("{table}\n")
    }

    fn plain(&self) -> String {
        let headers: Vec<String> = self.headers.iter().map(|h| h.to_uppercase()).collect();
        let lines = || std::iter::once(&headers).chain(&self.rows);
        let widths: Vec<usize> = (0..headers.len())
            .map(|column| {
                let cells = lines().filter_map(|line| line.get(column));
                cells.map(|cell| cell.chars().count()).max().unwrap_or(0)
            })
            .collect();
        let mut text = String::new();
        for line in lines() {
            let cells = line.iter().zip(&widths);
            let padded: Vec<String> = cells
                .map(|(cell, width)| format!("{cell:<width$}"))
                .collect();
            text.push_str(padded.join("  ").trim_end());
            text.push('\n');
        }
        text
    }

    fn markdown(&self) -> String {
        let line = |cells: Vec<String>| format!("| {} |\n", cells.join(" | "));
        let mut text = line(self.headers.iter().map(|h| (*h).to_owned()).collect());
        text.push_str(&line(vec!["---".to_owned(); self.headers.len()]));
        for row in &self.rows {
            text.push_str(&line(row.iter().map(|c| c.replace('|', "\\|")).collect()));
        }
        text
    }
}

/// The text without characters that could steer a terminal.
pub(super) fn printable(text: &str) -> String {
    text.chars()
        .flat_map(|c| {
            let (plain, escaped) = if c.is_control() {
                (None, Some(c.escape_default()))
            } else {
                (Some(c), None)
            };
            plain.into_iter().chain(escaped.into_iter().flatten())
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table() -> Table {
        let mut table = Table::new(&["Label", "Slot"]);
        table.row(["a|b\u{1b}[31m".to_owned(), "12".to_owned()]);
        table
    }

    #[test]
    fn plain_text_is_aligned_and_harmless() {
        assert_eq!(
            table().render(Style::Plain),
            "LABEL          SLOT\na|b\\u{1b}[31m  12\n"
        );
    }

    #[test]
    fn markdown_escapes_bars() {
        assert_eq!(
            table().render(Style::Markdown),
            "| Label | Slot |\n| --- | --- |\n| a\\|b\\u{1b}[31m | 12 |\n"
        );
    }

    #[test]
    fn a_framed_table_shows_every_cell() {
        let text = table().render(Style::Framed { bold: false });
        assert!(text.contains("Label") && text.contains("12"), "{text}");
    }
}
