use super::*;
use voting_core::manifest::Kind;

fn faults(text: &str) -> Vec<(Option<u32>, Option<String>, String)> {
    let faults = read(text.as_bytes()).unwrap_err();
    faults
        .into_iter()
        .map(|f| (f.row, f.column, f.en))
        .collect()
}

#[test]
fn a_csv_gives_projects_fields_and_lists_in_its_order() {
    let text = "번호,사업명,분야,유형,자치구,사업비(천원),종류,Title\n\
        P01,통학로 정비,교통,제안형,노원구,\"470,000\",일반,Safer ways\n\
        \n\
        P02,마을 축제,문화,제안형,,90000,행사성,\n";
    let imported = read(text.as_bytes()).unwrap();
    let [first, second] = &imported.projects[..] else {
        panic!("two projects")
    };
    assert_eq!(
        (first.id.as_str(), first.cost.get(), first.kind),
        ("P01", 470_000_000, Kind::General)
    );
    assert_eq!(
        (&*first.title.ko, &*first.title.en),
        ("통학로 정비", "Safer ways")
    );
    assert_eq!((second.kind, second.proposal_order), (Kind::Event, 2));
    assert_eq!(second.district, None);
    let titles = |parts: &[Part]| parts.iter().map(|p| p.title.ko.clone()).collect::<Vec<_>>();
    assert_eq!(titles(&imported.fields), ["교통", "문화"]);
    assert_eq!(titles(&imported.lists), ["제안형"]);
    assert_eq!(second.list, first.list);
    // Two fields, a list, a district and the second title stand in Korean.
    assert_eq!(imported.without_english, 5);
}

#[test]
fn cp949_as_excel_saves_it_is_read() {
    let (bytes, ..) = encoding_rs::EUC_KR.encode("사업명,사업비\n동네 쉼터,1000\n");
    assert_eq!(read(&bytes).unwrap().projects[0].title.ko, "동네 쉼터");
    assert!(read(b"\xff\xfe\x00\x01").is_err());
}

#[test]
fn every_fault_names_its_row_and_column() {
    let text =
        "번호,사업명,사업비,종류\nP 1,하나,1.5,일반\nP2,,-3,큰것\nP3,셋,99999999999999,일반\n";
    let found = faults(text);
    let places: Vec<_> = found
        .iter()
        .map(|(row, column, _)| (row.unwrap(), column.clone().unwrap()))
        .collect();
    let expected = [
        (2, "번호"),
        (2, "사업비"),
        (3, "사업명"),
        (3, "사업비"),
        (3, "종류"),
        (4, "사업비"),
    ];
    assert_eq!(
        places,
        expected.map(|(row, column)| (row, column.to_owned()))
    );
}

#[test]
fn unknown_repeated_and_missing_columns_are_told() {
    let found = faults("사업명,점수,사업명\n하나,1,둘\n");
    let columns: Vec<_> = found
        .iter()
        .map(|(_, column, _)| column.clone().unwrap())
        .collect();
    assert_eq!(columns, ["점수", "사업명", "사업비"]);
    assert!(faults("사업명,사업비\n")[0].2.contains("no row"));
    assert!(faults("")[0].2.contains("no row"));
}

#[test]
fn repeated_ids_name_both_rows() {
    let found = faults("번호,사업명,사업비\nP1,하나,1\nP1,둘,2\n");
    assert_eq!(
        found,
        [(
            Some(3),
            Some("번호".to_owned()),
            "The id P1 is that of row 2 too.".to_owned()
        )]
    );
}

#[test]
fn sizes_are_bounded() {
    let rows = "하나,1\n".repeat(MAX_ROWS + 1);
    assert!(
        faults(&format!("사업명,사업비\n{rows}"))[0]
            .2
            .contains("more than 1000 rows")
    );
    assert!(
        faults(&format!("사업명,사업비{}\n", ",x".repeat(MAX_COLUMNS)))[0]
            .2
            .contains("columns")
    );
    assert!(
        faults(&format!("사업명,사업비\n{},1\n", "가".repeat(MAX_CELL + 1)))[0]
            .2
            .contains("characters")
    );
    assert!(
        read(&vec![b'a'; MAX_FILE + 1]).unwrap_err()[0]
            .en
            .contains("too large")
    );
}

#[test]
fn an_xlsx_is_read_and_bombs_are_not() {
    let mut book = rust_xlsxwriter::Workbook::new();
    let sheet = book.add_worksheet();
    for (column, name) in (0..).zip(["사업명", "사업비"]) {
        sheet.write(0, column, name).unwrap();
    }
    sheet.write(1, 0, "동네 쉼터").unwrap();
    sheet.write(1, 1, 50_000_000).unwrap();
    let good = book.save_to_buffer().unwrap();
    let imported = read(&good).unwrap();
    assert_eq!(imported.projects[0].cost.get(), 50_000_000);
    assert!(read(&good[..good.len() / 2]).is_err());

    // Two cells as far apart as a sheet allows: nothing is laid out between them.
    let mut book = rust_xlsxwriter::Workbook::new();
    let sheet = book.add_worksheet();
    sheet.write(0, 0, "사업명").unwrap();
    sheet.write(1_048_575, 16_383, "끝").unwrap();
    assert!(
        read(&book.save_to_buffer().unwrap()).unwrap_err()[0]
            .en
            .contains("columns")
    );
}

#[test]
fn any_bytes_are_refused_or_read() {
    for seed in 0..2_000_u32 {
        let bytes: Vec<u8> = (0..seed % 97)
            .map(|i| (seed.wrapping_mul(2_654_435_761).rotate_left(i) >> 7) as u8)
            .collect();
        let _ = read(&bytes);
        let mut zip = b"PK\x03\x04".to_vec();
        zip.extend(bytes);
        assert!(read(&zip).is_err());
    }
}
