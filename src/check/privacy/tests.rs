//! The policy of the guard, case by case: what is found, and what must not be.

use proptest::prelude::*;

use super::glance::Glance;
use super::*;

fn check(text: &str) -> Vec<String> {
    scan(text.as_bytes()).iter().map(|hit| format!("{} {}", hit.offset, hit.kind)).collect()
}

/// A synthetic value of this length that looks random enough and is none.
fn filler(length: usize) -> String {
    "aB3dE5gH7jK9mN1pQ2rS4tU6vW8xY0z".chars().cycle().take(length).collect()
}

/// Credentials that no service ever gave, put together here so that no scanner stops the repository.
fn credentials() -> Vec<(String, &'static str)> {
    vec![
        (format!("{}p_{}", "gh", filler(36)), "GitHub token"),
        (format!("{}o_{}", "gh", "A".repeat(36)), "GitHub token"),
        (format!("{}s_{}", "gh", filler(36)), "GitHub token"),
        (format!("{}s_123456_{}.{}.{}", "gh", filler(36), filler(200), filler(43)), "GitHub token"),
        (format!("{}_pat_{}_{}", "github", filler(22), filler(59)), "GitHub token"),
        (format!("{}-{}", "sk", filler(48)), "API key"),
        (format!("{}-proj-{}_{}", "sk", filler(40), filler(20)), "API key"),
        (format!("{}-ant-api03-{}-{}AA", "sk", filler(50), filler(42)), "API key"),
        (format!("{}IA{}", "AK", "IOSFODNN7EXAMPLE"), "AWS access key id"),
        (format!("{}IA{}", "AS", "Z234567ABCDEFGH2"), "AWS access key id"),
        (format!("{}za{}", "AI", "Sy_-".repeat(8) + "abc"), "Google API key"),
        (format!("{}zaSyD1-{}", "AI", filler(31)), "Google API key"),
        (format!("{}zaSyD123-{}", "AI", filler(29)), "Google API key"),
        (format!("{}b-123456789012-{}", "xox", filler(24)), "Slack token"),
        (format!("{}_live_{}", "sk", filler(24)), "Stripe key"),
        (format!("{}_{}", "npm", filler(36)), "npm token"),
        (format!("{}-AgEIcHlwaS5vcmc{}", "pypi", filler(60)), "PyPI token"),
        (format!("{}-{}", "glpat", "a-B_3".repeat(4)), "GitLab token"),
        (format!("{}_{}", "hf", "a".repeat(34)), "Hugging Face token"),
        (format!("{}.{}.{}", "SG", filler(22), filler(43)), "SendGrid key"),
        (format!("-----BEGIN RSA {} KEY-----", "PRIVATE"), "private key"),
        (format!("-----BEGIN {} KEY-----", "PRIVATE"), "private key"),
        (format!("-----BEGIN PGP {} KEY BLOCK-----", "PRIVATE"), "private key"),
    ]
}

#[test]
fn credentials_are_found_wherever_they_stand() {
    for (credential, kind) in credentials() {
        for (before, behind) in [
            ("", ""),
            ("令牌", "。"),
            ("\"", "\""),
            ("TOKEN=", "\n"),
            ("a_", " "),
            ("x\\n", "\\n"),
            ("k%3D", "&"),
            ("(", ")."),
        ] {
            let text = format!("{before}{credential}{behind}");
            assert_eq!(check(&text), [format!("{} {kind}", before.len())], "{text}");
        }
    }
}

#[test]
fn what_is_nearly_a_credential_is_none() {
    for (credential, _) in credentials() {
        // Glued to a word, or cut off in the middle.
        for text in [format!("x{credential}"), credential[..14].to_owned()] {
            assert!(credential.starts_with("-----") || check(&text).is_empty(), "{text}");
        }
    }
    for text in [
        "sk-learn-has-many-words-in-a-row-and-no-key",
        "task-force-aB3dE5gH7jK9mN1pQ2rS4tU6vW8xY0z",
        "xoxb-your-token-goes-here",
        "-----BEGIN PUBLIC KEY-----",
        "-----BEGIN CERTIFICATE-----",
        "-----BEGIN ... PRIVATE KEY-----",
        "BEGIN PRIVATE KEY",
        "AIRPLANE ASIAN AKIAB",
        "npm_config_registry hf_hub_download SG.0",
    ] {
        assert_eq!(check(text), [""; 0], "{text}");
    }
}

#[test]
fn headers_and_addresses_with_a_password() {
    for (text, expected) in [
        ("Authorization: Bearer abcDEF123456", "22 authorization header"),
        ("authorization:basic dXNlcjpwYXNz", "20 authorization header"),
        (r#"{"Authorization": "Bearer abc.def-123"}"#, "26 authorization header"),
        (r#"-H \"Authorization: Bearer abcdef12\""#, "27 authorization header"),
        ("Authorization: Bearer $TOKEN", ""),
        ("Authorization: Bearer <token>", ""),
        ("Authorization: Bearer YOUR_LONG_ACCESS_TOKEN", ""),
        ("Authorization: Bearer token", ""),
        ("Authorization: none", ""),
        ("Authorization Bearer abcDEF123456", ""),
        ("postgres://user:secret@db.internal/x", "11 password in a URL"),
        ("見https://:p@ss@host", "11 password in a URL"),
        ("https://user@mail.invalid.tw/", ""),
        ("https://u:${PASSWORD}@host, https://u:***@host, https://u:<p>@host", ""),
        ("https://host:8080/a@b https://medium.com/@user?x=a:b", ""),
        ("http://[::1]:80/ a://b://c", ""),
        (&format!("https://{}.slack.com/services/T01234567/B01234567/{}", "hooks", filler(24)), "8 Slack webhook"),
        ("https://hooks.slack.com/services/YOUR/WEBHOOK/URL", ""),
    ] {
        assert_eq!(check(text).join(" "), expected, "{text}");
    }
}

#[test]
fn mobile_numbers() {
    for text in [
        "0912345678",
        "0912-345-678",
        "0912-345678",
        "0912 345 678",
        "０９１２３４５６７８",
        "０９１２－３４５－６７８",
        "0912‑345‑678",
        "+886912345678",
        "+886 912 345 678",
        "+886-9-1234-5678",
        "+886 (0)912-345-678",
        "＋８８６９１２３４５６７８",
    ] {
        for (before, behind) in [
            ("", ""),
            ("電話", "轉"),
            ("tel:", ";"),
            ("tel-", "."),
            ("\\", "\\"),
            ("1,", ",2"),
            ("\\n", "\\n"),
            ("(", ")"),
        ] {
            let expected = format!("{} mobile number", before.len());
            assert_eq!(check(&format!("{before}{text}{behind}")), [expected], "{before}{text}{behind}");
        }
    }
    for text in [
        "0812345678",
        "09123456789",
        "091234567",
        "0912345678a",
        "a0912345678",
        "1.0912345678",
        "0912345678.5",
        "2026-0912345678",
        "0912-345-678-9",
        "0912-34-5678",
        "09-12-2026 10:00",
        "09 12 34 56 78",
        "+886 2 2345 6789",
        "+886 912 345 6789",
        "+8869123",
    ] {
        assert_eq!(check(text), [""; 0], "{text}");
    }
}

#[test]
fn identification_numbers() {
    for (text, kind) in [
        ("A123456789", "national id"),
        ("A800000014", "resident number"),
        ("F900000002", "resident number"),
        ("AA00000009", "resident number"),
        ("FC12345674", "resident number"),
    ] {
        assert_eq!(check(text), [format!("0 {kind}")], "{text}");
        assert_eq!(check(&format!("身分證{text}號")), [format!("9 {kind}")], "{text}");
        for near in [format!("{text}0"), format!("x{text}"), format!("{}1", &text[..9]), text.to_lowercase()] {
            assert_eq!(check(&near), [""; 0], "{near}");
        }
    }
    assert_eq!(check("A323456789 1234567890 PRODUCTION"), [""; 0]);
}

#[test]
fn card_numbers() {
    for text in [
        "4111111111111111",
        "4111 1111 1111 1111",
        "4111-1111-1111-1111",
        "４１１１　１１１１　１１１１　１１１１",
        "5555 5555 5555 4444",
        "2223003122003222",
        "3782 822463 10005",
        "378282246310005",
        "3056 930902 5904",
        "6011111111111117",
        "3530111333300000",
        "6200000000000005",
        "4222222222222",
        "4111 1111 1111 1111 110",
    ] {
        for (before, behind) in [("", ""), ("卡", " 123"), ("2 ", ",")] {
            let expected = format!("{} card number", before.len());
            assert_eq!(check(&format!("{before}{text}{behind}")), [expected], "{before}{text}{behind}");
        }
    }
    for text in [
        "4111111111111112",
        "1111111111111117",
        "41111111111111",
        "4111-1111-1111-1111-0",
        "0.4111111111111111",
        "4111111111111111a",
        "x4111111111111111",
        "41-11111111111111",
        "4710941710048",
    ] {
        assert_eq!(check(text), [""; 0], "{text}");
    }
}

#[test]
fn e_mail_addresses() {
    for (text, expected) in [
        ("wang.a+b@mail.com.tw", "0 e-mail address"),
        ("寄給wang@163.com。", "6 e-mail address"),
        ("<mailto:W_@a-b.io>", "8 e-mail address"),
        (r"a\nwang@a.tw", "3 e-mail address"),
        ("0912345678@a.tw", "0 e-mail address 0 mobile number"),
        ("user@example.evil.com", "0 e-mail address"),
        ("a@example.com b@mail.example.org c@example.com.tw d@x.example e@a.test", ""),
        ("1+a@users.noreply.github.com noreply@github.com git@github.com:o/r.git", ""),
        ("@wade @a.b pkg@1.2.3 pkg@1.0.beta icon@2x.png a@b a@.com a@b..com a.@b.com", ""),
        ("@@@", ""),
    ] {
        assert_eq!(check(text).join(" "), expected, "{text}");
    }
}

#[test]
fn innocent_strings_stay_so() {
    for text in [
        "3b5e6423212ca80975a607ec2b69982a",
        "76890f66-704c-4bc5-a9e6-e22b0c98da97",
        "00000000-4111-1111-1111-111111111111",
        "12345678-0912-3456-7890-123456789012",
        "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
        "4111111111111111411111111111111141111111111111114111111111111111",
        "2026-05-24T03:18:00+08:00 2026/05/24 20260524031800 20260524",
        "1716491880 1716491880123 1716491880123456 1716491880123456789",
        "28,000 72780 NT$1,234,567.89 +886 +1",
        "ORD-20260512-0001 2221-05-24 22099131",
        "https://a.example:8080/x?y=1#z 12:30 a::b",
        "",
    ] {
        assert_eq!(check(text), [""; 0], "{text}");
    }
}

#[test]
fn what_is_quoted_is_not_repeated() {
    assert_eq!(quoted("a"), "`a`");
    assert_eq!(quoted("0912345678"), "(mobile number, not repeated here)");
    assert_eq!(cleaned("0912345678.md: is `0912345678`, a: b"), "…: is `…`, a: b");
    assert_eq!(cleaned("`0912345678` is not `a`"), "`…` is not `a`");
    assert_eq!(cleaned("a 0912345678"), "…");
    let place = Place { pointer: Some("/a/0912345678/b".to_owned()), ..Place::file("f").at(1, 2) };
    let mut found = [
        Finding::new(&codes::UNKNOWN_KEY, place, "key `0912345678` of `a` is not known").hint("ask 0912345678"),
        Finding::new(&codes::UNKNOWN_KEY, Place::file("f"), "key `a` is not known").hint("a `b`"),
    ];
    let [_, harmless] = found.clone();
    redact(&mut found);
    assert_eq!(found[0].message, "key `…` of `a` is not known");
    assert_eq!((found[0].hint.as_str(), found[0].place.to_string().as_str()), ("…", "f:1:2 at /a/…/b"));
    assert_eq!(found[1], harmless);
}

#[test]
fn findings_tell_the_place_and_never_the_value() {
    let text = format!("\u{feff}a\n中 0912345678 {}_{}\n", "npm", filler(36));
    let found: Vec<_> = findings("p.md", text.as_bytes())
        .iter()
        .map(|found| format!("{} {}: {}", found.code.id, found.place, found.message))
        .collect();
    assert_eq!(
        found,
        [
            "personal_data p.md:2:3: looks like personal data: mobile number `09…78` (rule mobile_number)",
            "secret p.md:2:14: looks like a credential: npm token `np…dE` (rule npm_token)",
        ]
    );
    let many = findings("p.md", "0912345678 ".repeat(103).as_bytes());
    assert_eq!(many.len(), 101);
    assert_eq!(many[100].message, "3 more like these are not listed (limit `findings_per_code`)");
}

#[test]
fn line_credentials_and_ids() {
    let base64 = "aB3dE5gH7jK9mN1pQ2rS4tU6vW8xY0z+/".chars().cycle().take(172).collect::<String>();
    let (notify, channel) = (filler(43), "0123456789abcdef".repeat(2));
    for (text, expected) in [
        (format!("LINE_CHANNEL_ACCESS_TOKEN={base64}"), "26 LINE channel access token"),
        (format!("{}/1O/w1c{}=", &base64[..158], "DnyilFU"), "0 LINE channel access token"),
        (base64.clone(), ""),
        (format!("line notify: {notify}"), "13 LINE Notify token"),
        (format!("token: {notify}"), ""),
        (format!("Channel secret: {channel}"), "16 LINE channel secret"),
        (format!("md5: {channel}"), ""),
        (format!("傳給 U{channel}。"), "7 LINE user id"),
        (format!("C{channel} U{} u{channel}", "0123456789ABCDEF".repeat(2)), ""),
        (format!("aws_secret_access_key = {}", filler(40)), "24 AWS secret access key"),
        (format!("sha1 {}", filler(40)), ""),
    ] {
        assert_eq!(check(&text).join(" "), expected, "{text}");
    }
}

#[test]
fn signed_tokens() {
    let part = |object: &str| base64::Engine::encode(&base64::prelude::BASE64_URL_SAFE_NO_PAD, object);
    let (header, payload) = (part(r#"{"alg":"HS256","typ":"JWT"}"#), part(r#"{"sub":"1234567890"}"#));
    assert_eq!(check(&format!("jwt {header}.{payload}.{}", filler(43))), ["4 JSON web token"]);
    assert_eq!(check(&format!("{header} {payload}")), [""; 0]);
}

#[test]
fn numbers_that_a_word_tells() {
    for (text, expected) in [
        ("身分證字號：a123456789", "18 national id"),
        ("身分證 A123-456-789", "10 national id"),
        ("national id: A 123456789", "13 national id"),
        ("a123456789 A123-456-789", ""),
        ("護照號碼：312345678", "15 passport number"),
        ("姓名,護照號碼\n王,312345678", "24 passport number"),
        (r#"{"passport_no": "A12345678"}"#, "17 passport number"),
        ("護照在 2026-05-24 到期，312345678901", ""),
        ("編號 312345678", ""),
        ("匯款帳號：822-1234-5678-9012", "15 bank account"),
        ("銀行帳號（822）123456789012", "21 bank account"),
        ("帳戶在 2026-05-24 03:18 開立", ""),
        ("帳號 wade", ""),
        ("訂單 20260512000123", ""),
    ] {
        assert_eq!(check(text).join(" "), expected, "{text}");
    }
}

#[test]
fn a_business_number_is_told_and_stops_nothing() {
    let told = |text: &str| -> Vec<String> {
        findings("f", text.as_bytes()).iter().map(|found| format!("{} {}", found.code.id, found.place)).collect()
    };
    assert_eq!(told("統一編號：22099131"), ["public_number f:1:6"]);
    assert_eq!(told("統編 22099132，日期 20260524"), [""; 0]);
    assert_eq!(told("22099131"), [""; 0]);
    assert!(is_harmless("統一編號：22099131"));
}

#[test]
fn street_addresses() {
    for (text, expected) in [
        ("台北市信義區市府路45號", "0 street address"),
        ("住址：新北市板橋區文化路一段 188巷5弄3號4樓", "9 street address"),
        ("高雄市左營區博愛二路７７７號", "0 street address"),
        ("請到市府路", ""),
        ("第 45 號訂單", ""),
        ("區塊鏈之路第 3 號提案", ""),
        ("市場路線圖 3 號", ""),
        ("號號號 1號 路1號", ""),
    ] {
        assert_eq!(check(text).join(" "), expected, "{text}");
    }
}

#[test]
fn what_is_escaped_or_encoded_is_found_where_it_stands() {
    for (text, expected) in [
        ("09&#49;2345678", "0 mobile number"),
        ("中 &#x30;912&nbsp;345&nbsp;678", "4 mobile number"),
        (r"\u0030912345678", "0 mobile number"),
        ("wang%40mail.com.tw", "0 e-mail address"),
        ("wang&commat;mail&period;com.tw", "0 e-mail address"),
        ("wang＠mail．com.tw", "0 e-mail address"),
        ("09\u{200B}12\u{AD}345678", "0 mobile number"),
        ("Ａ１２３４５６７８９", "0 national id"),
        ("tel MDkxMjM0NTY3OA==", "4 mobile number"),
        ("%4DDkxMjM0NTY3OA==", "0 mobile number"),
        // Once, not twice.
        ("%2530912345678", ""),
        ("TURreE1qTTBOVFkzT0E9PQ==", ""),
    ] {
        assert_eq!(check(text).join(" "), expected, "{text}");
    }
    let token = format!("{}p_{}", "gh", filler(36));
    let encoded = base64::Engine::encode(&base64::prelude::BASE64_STANDARD, format!("token: {token}\n"));
    assert_eq!(check(&encoded), ["0 GitHub token"]);
    let split = format!("{}&#95;{}", &token[..3], &token[4..]);
    assert_eq!(check(&split), ["0 GitHub token"]);
    // Past the first window, at the place where it stands.
    let long = format!("{}&amp;０９１２３４５６７８", "中文，".repeat(200_000));
    assert_eq!(check(&long), [format!("{} mobile number", 9 * 200_000 + 5)]);
}

#[test]
fn every_rule_is_known_by_its_id() {
    let mut ids: Vec<_> = tokens::rules().chain(places::RULES).chain(people::RULES).chain(numbers::RULES).collect();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids, RULES);
}

#[test]
fn at_most_four_characters_are_shown() {
    for (value, shown) in [
        ("0912-345-678", "09…78"),
        ("A123456789", "A1…89"),
        ("wang@mail.com.tw", "wa…tw"),
        ("123456789", "1…9"),
        ("王小明住這裡", "王…裡"),
        ("short", "…"),
        ("", "…"),
    ] {
        assert_eq!(Masked::new(value).to_string(), shown, "{value}");
    }
    assert_eq!(
        scan(b"postgres://user:hunter2secret@db.internal/x")[0].to_string(),
        "password in a URL `…` (rule url_password)"
    );
}

#[test]
fn characters_that_nobody_sees_are_told() {
    let told: Vec<_> = findings("f.md", "a\n中\u{200B}文 👩\u{200D}💻".as_bytes())
        .iter()
        .map(|found| format!("{} {}: {}", found.code.id, found.place, found.message))
        .collect();
    assert_eq!(told, ["hidden_character f.md:2:2: has U+200B, which is not seen"]);
}

#[test]
fn keys_and_codes_are_harmless_at_a_glance() {
    for text in [
        "ORD-20260000000003",
        "ck_128b2f33495ac6a6397fbd43",
        "pay_5d9dc9f8892f902b",
        "PRG-018",
        "google_ads",
        "EARLY100",
        "7533ab582d4feb7a9a64cbad5e973d7b97ed0cc2bf94683540ef3809ab39f732",
        "ae97ba94-d0ed-482f-af6d-05584ef8aa38",
    ] {
        assert!(Glance::of(text).is_some_and(|glance| glance.is_harmless()), "{text}");
    }
    for text in ["", "a b", "中", "a@b", "0912345678", "a".repeat(65).as_str()] {
        assert!(Glance::of(text).is_none_or(|glance| !glance.is_harmless()), "{text}");
    }
}

proptest! {
    #[test]
    fn never_panics(
        text in r"(sk-|gh|p_|s_|@|://|:|\.|-|\+|＋|886|09|4111|１２|０９| |Authorization: Bearer |-----BEGIN |%|\\|n|u|[A-Za-z0-9]{0,5}|中){0,30}",
        bytes: Vec<u8>,
    ) {
        scan(text.as_bytes());
        scan(&bytes);
        findings("f", &bytes);
    }

    #[test]
    fn what_is_harmless_at_a_glance_is_not_found(
        text in r"((gh[opsu]_|github_pat_|sk-|[sr]k_live_|xox[ab]-|A[KSB]IA|AIza|npm_|pypi-|glpat-|hf_|SG|eyJ|U)?([0-9a-zA-Z_-]{0,40}|[0-9a-f]{32}|[A-Z0-9]{16}))|\
            ((passport|bank|account|national|id|ID|number|Number|no|tax|[A-Z])[-_]?)?([0-9]{4}-?){0,5}[0-9]{0,4}([-_a-z][0-9a-f]{0,12})?|\
            [A-Z]?[-_]?[A-Z]?(09|[A-Z][12789A-D])[0-9]{8}[-_a-z]?|(09[0-9]{2}[-_][0-9]{3}[-_]?[0-9]{3}[-_]?){1,2}|\PC{0,20}",
    ) {
        for text in [text.as_str(), text.get(..64).unwrap_or(&text)] {
            if Glance::of(text).is_some_and(|glance| glance.is_harmless()) {
                prop_assert!(scan(text.as_bytes()).is_empty());
            }
        }
    }

    /// What is planted is not overlooked, also when some of it is changed or cut off.
    #[test]
    fn what_is_planted_is_not_harmless_at_a_glance(
        which: prop::sample::Index,
        cut in 0_usize..40,
        change in prop::option::of((any::<prop::sample::Index>(), "[0-9A-Za-z_-]")),
    ) {
        let numbers = ["0912345678", "0912-345-678", "4111111111111111", "4111-1111-1111-1111", "378282246310005", "A123456789"]
            .map(|number| (number.to_owned(), ""));
        let planted: Vec<_> = credentials().into_iter().chain(numbers).map(|(text, _)| text).collect();
        let mut text = which.get(&planted).clone();
        if let Some((at, letter)) = change {
            let at = at.index(text.len());
            text.replace_range(at..=at, &letter);
        }
        let hidden = base64::engine::Engine::encode(&base64::engine::general_purpose::URL_SAFE_NO_PAD, &text);
        for text in [&text[cut.min(text.len())..], &text[..text.len() - cut.min(text.len())], &hidden] {
            if Glance::of(text).is_some_and(|glance| glance.is_harmless()) {
                prop_assert!(scan(text.as_bytes()).is_empty());
            }
        }
    }

    /// What is found does not depend on what stands around it, as long as that is no part of it.
    #[test]
    fn every_number_of_its_form_is_found(rest in 0_u32..100_000_000) {
        let text = format!("中 09{rest:08} 中");
        prop_assert_eq!(check(&text), ["4 mobile number"]);
    }
}
