use super::*;

fn accepting(codings: &str) -> HeaderMap {
    let value = HeaderValue::from_str(codings).unwrap();
    HeaderMap::from_iter([(header::ACCEPT_ENCODING, value)])
}

#[test]
fn a_coding_weighed_with_zero_is_not_accepted() {
    assert!(accepts(&accepting("gzip, deflate, br"), "br"));
    assert!(accepts(&accepting("BR;q=0.5"), "br"));
    assert!(!accepts(&accepting("br;q=0, gzip"), "br"));
    assert!(!accepts(&accepting("brotli"), "br"));
    assert!(!accepts(&HeaderMap::new(), "gzip"));
}

#[test]
fn the_page_is_asked_for_again_and_may_run_nothing_of_others() {
    for site in [EVERYONE, STAFF] {
        let response = site.page(&HeaderMap::new());
        let headers = response.headers();
        assert_eq!(headers[header::CACHE_CONTROL], "no-cache");
        let policy = headers[header::CONTENT_SECURITY_POLICY].to_str().unwrap();
        assert!(policy.starts_with("default-src 'none'"));
        assert!(!policy.contains("unsafe-inline") && !policy.contains("'unsafe-eval'"));
        assert!(!policy.contains("http"));
    }
}

#[test]
fn names_are_looked_up_and_never_joined_to_a_path() {
    for site in [EVERYONE, STAFF] {
        for name in ["../Cargo.toml", "assets/../index.html", "", "assets/"] {
            assert!(site.file(name, &HeaderMap::new()).is_none(), "{name}");
        }
        let sorted = site.files.is_sorted_by(|a, b| a.0 < b.0);
        assert!(sorted, "binary search needs order");
    }
}

#[test]
fn forms_go_to_the_one_address_and_nothing_else_changes() {
    let action = "https://agency.example/service.cb";
    let policy = policy_with_form(action).unwrap();
    let policy = policy.to_str().unwrap();
    assert!(policy.contains(&format!("form-action {action};")));
    assert_eq!(policy.replace(action, "'none'"), POLICY);
    for wrong in [
        "",
        "https://a.example/ *",
        "https://a.example;",
        "'self'",
        "https://a.example,",
    ] {
        assert_eq!(policy_with_form(wrong), None, "{wrong}");
    }
}
