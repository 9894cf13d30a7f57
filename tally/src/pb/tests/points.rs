//! Points and places.

use super::*;

#[test]
fn points_are_exact() {
    let scores = |text: &str| -> Vec<String> {
        strict(text)
            .unwrap()
            .count()
            .scores()
            .iter()
            .map(ToString::to_string)
            .collect()
    };
    assert_eq!(
        scores(&POINTS.replace("TYPE", "cumulative")),
        ["5/2", "4", "5/4"]
    );
    assert_eq!(
        scores(&POINTS.replace("TYPE", "ordinal")),
        ["5/2", "4", "5/4"]
    );
    assert_eq!(scores(&POINTS.replace("TYPE", "approval")), ["1", "2", "2"]);
    let scoring = POINTS.replace("TYPE", "scoring\ndefault_score;-1");
    assert_eq!(scores(&scoring), ["1/2", "3", "1/4"]);
}

#[test]
fn a_ballot_needs_as_many_points_as_marks() {
    let text = POINTS
        .replace("TYPE", "cumulative")
        .replace("a,b;2.5,1", "a,b;2.5");
    assert_eq!(
        strict(&text).unwrap_err().problem,
        Problem::PointCount {
            marks: 2,
            points: 1
        }
    );
    let limit = POINTS.replace("TYPE", "cumulative\nmax_sum_points;3");
    assert_eq!(
        strict(&limit).unwrap_err().to_string(),
        "t.pb:14: column `points`: 3.5 breaks `max_sum_points` 3"
    );
    let missing = POINTS
        .replace("TYPE", "cumulative")
        .replace(";points", ";pts");
    assert_eq!(
        strict(&missing).unwrap_err().problem,
        Problem::MissingColumn(Section::Votes)
    );
}

#[test]
fn ordinal_files_without_points_score_by_borda() {
    let text = POINTS.replace("TYPE", "ordinal").replace(";points", ";x");
    let units = |text: &str| strict(text).unwrap().count().units;
    assert_eq!(units(&text), [3, 5, 5]);
    // By default `max_length` is the number of projects: here 3 too.
    assert_eq!(units(&text.replace("max_length;3\n", "")), [3, 5, 5]);
    let declared = text.replace("cost\na;1\nb;1\nc;1", "cost;score\na;1;2\nb;1;3\nc;1;2");
    let file = strict(&declared).unwrap();
    assert_eq!(file.scoring(), Scoring::BordaOfBallot);
    assert!(lines(&file).is_empty());
}

#[test]
fn borda_is_the_one_scoring_of_places() {
    let text = POINTS.replace("TYPE", "ordinal").replace(";points", ";x");
    let with = |name: &str| text.replace("budget", &format!("scoring_fn;{name}\nbudget"));
    let borda = with("Borda");
    assert!(lines(&strict(&borda).unwrap()).is_empty());
    let other = with("Dowdall");
    let file = strict(&other).unwrap();
    assert_eq!(file.count().units, strict(&text).unwrap().count().units);
    assert_eq!(
        lines(&file),
        [
            "t.pb:3: column `scoring_fn`: `Dowdall` is no scoring of places this program knows; \
             counted as Borda"
        ]
    );
}
