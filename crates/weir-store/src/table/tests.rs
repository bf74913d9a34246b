use super::kept;

#[track_caller]
fn check(rows: usize, values: &[usize], expect: &str) {
    let shown: String = kept(values, rows).into_iter().map(|kept| if kept { '+' } else { '-' }).collect();
    assert_eq!(shown, expect, "{values:?} of {rows} rows");
}

#[test]
fn columns_are_kept_that_are_worth_their_holes() {
    check(100, &[], "");
    check(100, &[100, 50, 3, 1], "++++");
    // A row may have 16 fields that no other has, and each value of them pays for 16 more.
    check(1, &[1; 30], &"+".repeat(30));
    check(10, &[1; 20], &"+".repeat(20));
    check(1_000, &[1; 40], &("+".repeat(16) + &"-".repeat(24)));
    // Full columns pay for sparse ones, which go by how full they are.
    check(1_000, &[&[1_000][..], &[1; 40]].concat(), &("+".repeat(33) + &"-".repeat(8)));
    check(1_000, &[&[1; 17][..], &[9]].concat(), &("+".repeat(15) + "--+"));
}
