//! Natural order of project ids: runs of digits compare as numbers, the rest as text.

use std::cmp::Ordering;

/// Compares two ids naturally: `OD.6` before `OD.13`, `L007` beside `L7`.
///
/// Ids are cut into alternating runs of text and ASCII digits, beginning with a (maybe empty) run
/// of text. Text compares by its bytes, digits by their value; a shorter id that agrees so far comes
/// first. Ids that differ only in leading zeros compare by their bytes, so the order is total.
#[must_use]
pub fn compare(a: &str, b: &str) -> Ordering {
    let (mut x, mut y) = (a.as_bytes(), b.as_bytes());
    while !x.is_empty() || !y.is_empty() {
        let ((tx, nx), (ty, ny)) = (split(&mut x), split(&mut y));
        let order = tx.cmp(ty).then_with(|| number(nx, ny));
        if order != Ordering::Equal {
            return order;
        }
    }
    a.as_bytes().cmp(b.as_bytes())
}

/// Takes one run of text and the run of digits after it.
fn split<'a>(rest: &mut &'a [u8]) -> (&'a [u8], &'a [u8]) {
    let text = rest.iter().take_while(|b| !b.is_ascii_digit()).count();
    let (head, tail) = rest.split_at(text);
    let digits = tail.iter().take_while(|b| b.is_ascii_digit()).count();
    let (number, tail) = tail.split_at(digits);
    *rest = tail;
    (head, number)
}

/// Compares runs of digits by value; no digits come before any.
fn number(a: &[u8], b: &[u8]) -> Ordering {
    if a.is_empty() || b.is_empty() {
        return a.len().cmp(&b.len());
    }
    let strip = |n: &'_ [u8]| n.iter().take_while(|d| **d == b'0').count();
    let (a, b) = (&a[strip(a)..], &b[strip(b)..]);
    a.len().cmp(&b.len()).then_with(|| a.cmp(b))
}

#[cfg(test)]
mod tests {
    use super::compare;
    use proptest::prelude::*;
    use std::cmp::Ordering;

    #[test]
    fn digits_compare_as_numbers() {
        let sorted = [
            "", "2", "10", "A", "A1", "A1b", "A2", "A10", "B", "OD.6", "OD.13",
        ];
        for (i, a) in sorted.iter().enumerate() {
            for (j, b) in sorted.iter().enumerate() {
                assert_eq!(compare(a, b), i.cmp(&j), "{a:?} {b:?}");
            }
        }
    }

    #[test]
    fn leading_zeros_are_equal_in_value_but_never_equal() {
        assert_eq!(compare("L007", "L8"), Ordering::Less);
        assert_eq!(compare("L007", "L7"), Ordering::Less);
        assert_eq!(compare("L7", "L007"), Ordering::Greater);
    }

    proptest! {
        #[test]
        fn the_order_is_total(a in "[a0-2.]{0,6}", b in "[a0-2.]{0,6}", c in "[a0-2.]{0,6}") {
            prop_assert_eq!(compare(&a, &b), compare(&b, &a).reverse());
            prop_assert_eq!(compare(&a, &b) == Ordering::Equal, a == b);
            if compare(&a, &b) != Ordering::Greater && compare(&b, &c) != Ordering::Greater {
                prop_assert_ne!(compare(&a, &c), Ordering::Greater);
            }
        }
    }
}
