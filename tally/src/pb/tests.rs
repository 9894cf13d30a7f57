use super::*;

const SMALL: &str = "META\nkey;value\nbudget;100.50\nnum_projects;2\nnum_votes;3\n\
    vote_type;approval\nrule;greedy\nmax_length;2\n\
    PROJECTS\nproject_id;cost;votes;name;category\n7;60.25;2;\"A \"\"b\"\"; c\";x,y\n9;40;2;Trees;\n\
    VOTES\nvoter_id;vote;sex\n1;7,9;F\n2;7;M\n3;9;F\n";

fn strict(text: &str) -> Result<PbFile<'_>, PbError> {
    parse(text, &Options::new("t.pb"))
}

fn lenient(text: &str) -> PbFile<'_> {
    parse(text, &Options::new("t.pb").lenient()).unwrap()
}

fn lines(file: &PbFile<'_>) -> Vec<String> {
    file.findings
        .kept()
        .iter()
        .map(ToString::to_string)
        .collect()
}

#[test]
fn reads_a_small_file() {
    let file = strict(SMALL).unwrap();
    assert_eq!(file.meta.budget.to_string(), "100.5");
    assert_eq!(file.meta.get("rule"), Some("greedy"));
    assert_eq!(file.project_cell(0, "name"), Some("A \"b\"; c"));
    assert_eq!((file.field(0), file.field(1)), ("x", NO_FIELD));
    assert_eq!(file.count().marks, [2, 2]);
    assert_eq!(
        (file.marks(0), file.marks(1), file.marks(2)),
        (&[0, 1][..], &[0][..], &[1][..])
    );
    let mut sexes = Vec::new();
    assert!(file.each_cell("sex", |_, cell| sexes.push(cell.to_owned())));
    assert_eq!(sexes, ["F", "M", "F"]);
    assert!(!file.each_cell("age", |_, _| ()));
    assert!(lines(&file).is_empty());
}

#[test]
fn a_byte_order_mark_crlf_and_blank_ends_change_nothing() {
    let crlf = format!("\u{feff}{}", SMALL.replace('\n', "\r\n"));
    for text in [crlf.as_str(), SMALL.trim_end()] {
        let file = strict(text).unwrap();
        assert_eq!(file.count(), strict(SMALL).unwrap().count());
        assert_eq!(
            file.projects[1].cells,
            strict(SMALL).unwrap().projects[1].cells
        );
        assert!(lines(&file).is_empty());
    }
}

#[test]
fn faults_are_refused_with_their_place_and_passed_over_when_lenient() {
    let cases = [
        (
            "num_votes;3",
            "num_votes;4",
            "t.pb:5: column `num_votes`: META says 4, the section has 3 rows",
        ),
        (
            "num_projects;2",
            "num_projects;x",
            "t.pb:4: column `num_projects`: META says x, the section has 2 rows",
        ),
        (
            "2;7;M",
            "2;8;M",
            "t.pb:16: column `vote`: `8` is not a project of this file",
        ),
        (
            "2;7;M",
            "2",
            "t.pb:16: column `vote`: the row has 1 fields where the header has 3",
        ),
        (
            "2;7;M",
            "2;9;M;x",
            "t.pb:16: column `sex`: the row has 4 fields where the header has 3",
        ),
        ("9;40;", "9;-40;", "t.pb:12: column `cost`: -40 is negative"),
        (
            "9;40;",
            "9;forty;",
            "t.pb:12: column `cost`: `forty` is not a number",
        ),
        (
            "9;40;",
            "9;1,000;",
            "t.pb:12: column `cost`: `1,000` is not a number",
        ),
        (
            "9;40;",
            "9;9e15;",
            "t.pb:12: column `cost`: 9e15 is larger than any budget this program counts",
        ),
        (
            "9;40;",
            "7;40;",
            "t.pb:12: column `project_id`: `7` stands on line 11 already",
        ),
        (
            "vote_type;approval",
            "vote_type;divination",
            "t.pb:6: column `vote_type`: `divination` is no vote type (approval, choose-1, ordinal, cumulative, scoring)",
        ),
        (
            ";category\n",
            ";name\n",
            "t.pb:10: column `name`: the column stands twice",
        ),
        (
            "3;9;F\n",
            "3;9;\"F\n",
            "t.pb:17: column `sex`: a quote is never closed",
        ),
        (
            "META\nkey",
            "x;y\nMETA\nkey",
            "t.pb:1: a row outside any section",
        ),
    ];
    for (from, to, message) in cases {
        assert!(SMALL.contains(from), "{from}");
        let text = SMALL.replacen(from, to, 1);
        assert_eq!(strict(&text).unwrap_err().to_string(), message);
        let listed = lines(&lenient(&text));
        assert!(
            listed.iter().any(|line| line == message),
            "{message}: {listed:?}"
        );
    }
}

#[test]
fn what_nothing_can_be_counted_without_is_fatal_even_when_lenient() {
    let cases = [
        (
            "META\n",
            "",
            "t.pb:14: column `key`: section META is missing",
        ),
        (
            "PROJECTS\n",
            "PROJEKTY\n",
            "t.pb:15: column `project_id`: section PROJECTS is missing",
        ),
        (
            "budget;100.50\n",
            "",
            "t.pb:7: column `budget`: META has no such key",
        ),
        (
            "budget;100.50",
            "budget;much",
            "t.pb:3: column `budget`: `much` is not a number",
        ),
        (
            "vote_type;approval\n",
            "",
            "t.pb:7: column `vote_type`: META has no such key",
        ),
        (
            "project_id;cost",
            "project_id;price",
            "t.pb:10: column `cost`: section PROJECTS has no such column",
        ),
        (
            "voter_id;vote;",
            "voter_id;choice;",
            "t.pb:14: column `vote`: section VOTES has no such column",
        ),
        // Ballots read by two projects would be counted by one.
        (
            "3;9;F\n",
            "3;9;F\nPROJECTS\nproject_id;cost\n7;60.25\n",
            "t.pb:18: section PROJECTS stands twice",
        ),
    ];
    for (from, to, message) in cases {
        assert!(SMALL.contains(from), "{from}");
        let text = SMALL.replacen(from, to, 1);
        let error = parse(&text, &Options::new("t.pb").lenient()).unwrap_err();
        assert_eq!(error.to_string(), message);
        assert!(strict(&text).is_err());
    }
    let end = SMALL.find("VOTES").unwrap();
    assert_eq!(
        strict(&SMALL[..end]).unwrap_err().problem,
        Problem::MissingSection(Section::Votes)
    );
}

#[test]
fn notices_are_listed_and_change_nothing() {
    let cases = [
        (
            "9;40;",
            "9;999999999;",
            "t.pb:12: column `cost`: the project costs 999999999, the whole budget is 100.5",
        ),
        (
            "9;40;",
            "9;0;",
            "t.pb:12: column `cost`: the project costs nothing",
        ),
        (
            "9;40;",
            "9;40,5;",
            "t.pb:12: column `cost`: `40,5` has a decimal comma",
        ),
        (
            "9;40;2",
            "9;40;3",
            "t.pb:12: column `votes`: the file says 3, its ballots give 2",
        ),
        ("VOTES\n", "\nVOTES\n", "t.pb:13: a blank line"),
        (
            "max_length;2",
            "min_length;2",
            "t.pb:16: column `vote`: 1 marks where at least 2 are asked for",
        ),
        (
            "rule;greedy",
            "budget;5",
            "t.pb:7: column `budget`: the key stands twice; the first value holds",
        ),
    ];
    for (from, to, message) in cases {
        assert!(SMALL.contains(from), "{from}");
        let text = SMALL.replacen(from, to, 1);
        let file = strict(&text).unwrap();
        assert!(
            lines(&file).iter().any(|line| line == message),
            "{message}: {:?}",
            lines(&file)
        );
        assert_eq!(file.count().marks, [2, 2]);
    }
}

#[test]
fn a_ballot_over_a_limit_is_refused_unless_the_file_counted_it() {
    let one = SMALL.replacen("max_length;2", "max_length;1", 1);
    let file = strict(&one).unwrap();
    assert_eq!(
        lines(&file),
        ["t.pb:15: column `vote`: 2 marks where at most 1 are allowed"]
    );
    for uncounted in [
        one.replacen("7;60.25;2", "7;60.25;1", 1),
        one.replacen(";votes;", ";x;", 1),
    ] {
        let error = strict(&uncounted).unwrap_err();
        assert_eq!(error.problem, Problem::TooManyMarks { limit: 1, found: 2 });
        assert_eq!(lenient(&uncounted).count().marks, [2, 2]);
    }
    let cost = SMALL
        .replacen("max_length;2", "max_sum_cost;100", 1)
        .replacen(";votes;", ";x;", 1);
    assert_eq!(
        strict(&cost).unwrap_err().to_string(),
        "t.pb:15: column `vote`: 100.25 breaks `max_sum_cost` 100"
    );
}

#[test]
fn a_repeated_voter_is_refused_unless_the_file_counted_both() {
    for (to, message) in [
        (
            "1;7;M",
            "t.pb:16: column `voter_id`: `1` stands on line 15 already",
        ),
        (";7;M", "t.pb:16: column `voter_id`: the id is empty"),
    ] {
        let counted = SMALL.replacen("2;7;M", to, 1);
        assert_eq!(lines(&strict(&counted).unwrap()), [message]);
        let uncounted = counted.replacen(";votes;", ";x;", 1);
        assert_eq!(strict(&uncounted).unwrap_err().to_string(), message);
        assert_eq!(lines(&lenient(&uncounted)), [message]);
    }
}

#[test]
fn repeated_marks_count_as_asked() {
    let text = SMALL.replacen("2;7;M", "2;7,7;M", 1);
    let count = |duplicate_marks| {
        let options = Options {
            duplicate_marks,
            ..Options::new("t.pb")
        };
        let file = parse(&text, &options).unwrap();
        assert!(
            lines(&file)
                .iter()
                .any(|l| l.contains("`7` is marked more than once"))
        );
        let count = file.count();
        (count.marks, count.ballots)
    };
    assert_eq!(count(DuplicateMarks::Count), (vec![3, 2], 3));
    assert_eq!(count(DuplicateMarks::Once), (vec![2, 2], 3));
    assert_eq!(count(DuplicateMarks::Reject), (vec![1, 2], 2));
}

#[test]
fn bad_encodings_say_where() {
    let mut bytes = SMALL.as_bytes().to_vec();
    let at = SMALL.find("Trees").unwrap();
    bytes[at] = 0xb3;
    let options = Options::new("t.pb");
    let error = decode(&bytes, &options).unwrap_err();
    assert_eq!(
        error.to_string(),
        "t.pb:12: column `name`: not UTF-8 text (byte 8 of the line)"
    );
    let options = options.lenient();
    let text = decode(&bytes, &options).unwrap();
    let file = parse(&text, &options).unwrap();
    assert_eq!(
        lines(&file),
        ["t.pb:12: column `name`: not UTF-8 text (byte 8 of the line)"]
    );
    assert_eq!(file.project_cell(1, "name"), Some("\u{fffd}rees"));
}

const POINTS: &str = "META\nkey;value\nbudget;10\nvote_type;TYPE\nmax_length;3\n\
    PROJECTS\nproject_id;cost\na;1\nb;1\nc;1\n\
    VOTES\nvoter_id;vote;points\n1;a,b;2.5,1\n2;b,c;3,0.25\n3;c;1\n";

#[test]
fn rows_may_end_before_what_counting_does_not_need() {
    let short = SMALL
        .replace("9;40;2;Trees;", "9;40;2")
        .replace("2;7;M", "2;7");
    let file = strict(&short).unwrap();
    assert_eq!(file.count(), strict(SMALL).unwrap().count());
    assert_eq!(
        (file.field(1), file.project_cell(1, "name")),
        (NO_FIELD, Some(""))
    );
    assert_eq!(
        lines(&file),
        [
            "t.pb:12: column `name`: the row has 3 fields where the header has 5; the others are empty",
            "t.pb:16: column `sex`: the row has 2 fields where the header has 3; the others are empty",
        ]
    );
    for fault in [("9;40;2;Trees;", "9;40"), ("2;7;M", "2")] {
        let text = SMALL.replace(fault.0, fault.1);
        let problem = strict(&text).unwrap_err().problem;
        assert!(matches!(problem, Problem::FieldCount { .. }), "{problem}");
    }
}

#[test]
fn a_bare_semicolon_in_a_name_is_excused_where_the_recount_is_exact() {
    let split = SMALL.replace("Trees;", "Trees; and benches;parks");
    let file = strict(&split).unwrap();
    let problem = "t.pb:12: column `category`: the row has 6 fields where the header has 5";
    assert_eq!(lines(&file), [problem]);
    // The same where the votes moved with it: the count is in doubt.
    let moved = SMALL
        .replace("cost;votes;name", "cost;name;votes")
        .replace("7;60.25;2;\"A \"\"b\"\"; c\"", "7;60.25;A;1;2");
    assert!(strict(&moved).is_err());
}

#[test]
fn ballots_below_the_least_cost_are_beyond_a_limit() {
    let text = SMALL
        .replacen("max_length;2", "min_sum_cost;50", 1)
        .replace(";votes;", ";was;");
    assert_eq!(
        strict(&text).unwrap_err().to_string(),
        "t.pb:17: column `vote`: 40 breaks `min_sum_cost` 50"
    );
}

mod layouts;
mod points;
