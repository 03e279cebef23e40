//! What formulas tell about the values that were saved with them.

/// Functions whose value changes with the day, with chance, with what surrounds the cell, or with what a server or
/// another document says.
const VOLATILE: [&str; 20] = [
    "TODAY",
    "NOW",
    "RAND",
    "RANDBETWEEN",
    "RANDARRAY",
    "OFFSET",
    "INDIRECT",
    "CELL",
    "INFO",
    "WEBSERVICE",
    "RTD",
    "DDE",
    "STOCKHISTORY",
    "CUBEVALUE",
    "CUBEMEMBER",
    "IMPORTRANGE",
    "IMPORTDATA",
    "IMPORTXML",
    "IMPORTHTML",
    "GOOGLEFINANCE",
];

/// Whether a formula calls a function that is volatile, refers to another workbook (`[1]Sheet!A1`, as Excel stores it, or
/// by its name), or asks another program (`DDE|topic!item`). What stands in double quotes is text.
pub(super) fn is_unstable(formula: &str) -> bool {
    let mut rest = formula;
    let mut in_array = false;
    while let Some(first) = rest.chars().next() {
        let length = match first {
            '"' => quoted(rest, '"'),
            '\'' => {
                let length = quoted(rest, '\'');
                if is_book(&rest[..length], &rest[length..]) {
                    return true;
                }
                length
            }
            '[' => {
                let length = bracketed(rest);
                if names_sheet(&rest[length..]) || is_file(&rest[..length]) {
                    return true;
                }
                length
            }
            _ if is_of_name(first) => {
                let length = rest.find(|character| !is_of_name(character)).unwrap_or(rest.len());
                if rest[length..].starts_with('(') && is_volatile(&rest[..length]) {
                    return true;
                }
                length
            }
            // In a list of values it ends a row; elsewhere it stands between a program and what is asked of it.
            '|' if !in_array => return true,
            '{' | '}' => {
                in_array = first == '{';
                1
            }
            other => other.len_utf8(),
        };
        rest = &rest[length..];
    }
    false
}

/// Newer functions are written with a prefix, `_xlfn.RANDARRAY`.
fn is_volatile(function: &str) -> bool {
    let word = function.rsplit('.').next().unwrap_or_default();
    VOLATILE.iter().any(|name| word.eq_ignore_ascii_case(name))
}

fn is_of_name(character: char) -> bool {
    character.is_alphanumeric() || matches!(character, '_' | '.')
}

/// Whether a name in quotes is one of a sheet in another workbook: no name of a sheet has brackets itself.
fn is_book(name: &str, behind: &str) -> bool {
    (behind.starts_with('!') && name.contains('[')) || behind.starts_with('#')
}

/// Whether what follows brackets is the name of a sheet, so that the brackets hold that of a workbook. Behind the columns
/// of a table (`Orders[[#This Row],[Amount]]`) there is none.
fn names_sheet(behind: &str) -> bool {
    let name = behind.trim_start_matches(is_of_name);
    let more = name.strip_prefix(':').filter(|_| name.len() < behind.len());
    more.map_or(name, |last| last.trim_start_matches(is_of_name)).starts_with('!')
}

/// Whether brackets hold a sheet of another file as `OpenDocument` writes it: `['file:///a.ods'#$Sheet1.A1]`.
fn is_file(brackets: &str) -> bool {
    brackets.strip_prefix("['").is_some_and(|inner| inner.rfind("'#").is_some_and(|at| at > 0))
}

/// The length of what stands in quotes in front; inside, the quote is written twice.
fn quoted(text: &str, quote: char) -> usize {
    let mut end = 1;
    while let Some(found) = text[end..].find(quote) {
        end += found + 1;
        if !text[end..].starts_with(quote) {
            return end;
        }
        end += 1;
    }
    text.len()
}

/// The length of what stands in brackets in front, brackets within included.
fn bracketed(text: &str) -> usize {
    let mut depth = 0_usize;
    for (at, character) in text.char_indices() {
        match character {
            '[' => depth += 1,
            ']' => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return at + 1;
        }
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn formulas_that_change_by_themselves_are_flagged() {
        for formula in [
            "TODAY()",
            "A1+now()",
            "IF(A1,RAND(),1)",
            "_xlfn.RANDARRAY(2)",
            "_xlfn.WEBSERVICE(\"https://example.com\")",
            "[1]Prices!B2",
            "'[12]May 2026'!B2*2",
            "SUM([2]S!A1:A3)",
            "VLOOKUP(A3,[1]Sheet1!A:B,2,0)",
            "IF(A1,2,[1]!Rate)",
            "[1]一月:三月!A1",
            "[Book2.xlsx]Sheet1!A1",
            "[Book]工作表1!A1",
            "'[Book 2.xlsx]Sheet1'!A1",
            "A1+'C:\\x\\[Book''s.xlsx]S'!A1",
            "of:=['file:///tmp/b.ods'#$Sheet1.A1]",
            "'file:///tmp/b.ods'#$Sheet1.A1",
            "DDE|x!y",
            "Excel|'C:\\a.xlsx'!R1C1",
            "of:=DDE(\"soffice\";\"a\";\"b\")",
        ] {
            assert!(is_unstable(formula), "{formula}");
        }
        for formula in [
            "",
            "SUM(A1:A2)",
            "TODAY",
            "MYTODAY()",
            "\"NOW()\"",
            "\"a|b\"&\"[1]S!A1\"",
            "\"say \"\"NOW()\"\"\"",
            "Orders[1]",
            "Orders[[1],[2]]",
            "Orders[[#This Row],[x]]",
            "Table1[Amount]*2",
            "SUM(Table1[[#Totals],[Amount]],Table1[@Amount])",
            "[@Amount]+[Amount]",
            "[#This Row]",
            "Orders[a]:Orders[b]",
            "'May 2026'!B2+Sheet1!A1",
            "of:=[.A1]+[$'May 2026'.B2]",
            "of:=SUM({1|2;3})",
            "[",
            "[]",
            "[x",
            "['中]",
            "'x",
            "]",
        ] {
            assert!(!is_unstable(formula), "{formula}");
        }
    }

    proptest! {
        #[test]
        fn never_panics(formula in "[\\[\\]'\"!|#{}:A中1(@. ]{0,16}|\\PC{0,16}") {
            is_unstable(&formula);
        }
    }
}
