//! What formulas tell about the values that were saved with them.

/// Functions whose value changes with the day, with chance, or with what surrounds the cell.
const VOLATILE: [&str; 9] = ["TODAY", "NOW", "RAND", "RANDBETWEEN", "RANDARRAY", "OFFSET", "INDIRECT", "CELL", "INFO"];

/// Whether a formula calls a function that is volatile, or refers to another workbook (`[1]Sheet!A1`). What stands in
/// quotes is text.
pub(super) fn is_unstable(formula: &str) -> bool {
    let mut word_start = None;
    let mut in_text = false;
    for (at, character) in formula.char_indices() {
        let before = word_start;
        let in_word = character.is_alphanumeric() || matches!(character, '_' | '.');
        word_start = in_word.then(|| word_start.unwrap_or(at));
        match character {
            '"' => in_text = !in_text,
            _ if in_text => {}
            '(' => {
                // Newer functions are written with a prefix, `_xlfn.RANDARRAY`.
                let word = before.and_then(|start| formula[start..at].rsplit('.').next()).unwrap_or_default();
                if VOLATILE.iter().any(|name| word.eq_ignore_ascii_case(name)) {
                    return true;
                }
            }
            // The columns of a table stand in brackets too, but behind its name or in brackets of their own.
            '[' if before.is_none() && !formula[..at].ends_with(['[', ',', ']']) => {
                let rest = formula[at + 1..].trim_start_matches(|character: char| character.is_ascii_digit());
                if rest.len() < formula.len() - at - 1 && rest.starts_with(']') {
                    return true;
                }
            }
            _ => {}
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formulas_that_change_by_themselves_are_flagged() {
        for formula in [
            "TODAY()",
            "A1+now()",
            "IF(A1,RAND(),1)",
            "_xlfn.RANDARRAY(2)",
            "[1]Prices!B2",
            "'[12]May 2026'!B2*2",
            "SUM([2]S!A1:A3)",
        ] {
            assert!(is_unstable(formula), "{formula}");
        }
        for formula in [
            "",
            "SUM(A1:A2)",
            "TODAY",
            "MYTODAY()",
            "\"NOW()\"",
            "Orders[1]",
            "Orders[[1],[2]]",
            "Orders[[#This Row],[x]]",
            "[",
            "[]",
            "[x",
        ] {
            assert!(!is_unstable(formula), "{formula}");
        }
    }
}
