//! The offices, and the requests people send: prepared beforehand, so that the timed part only writes bytes.

use std::net::SocketAddr;

use crate::http::encode;

/// How many offices the load is spread over.
pub const OFFICES: usize = 200;
/// Responses in a hundred that carry sad marks, one to five of them.
const SAD: u64 = 30;
/// Responses in a hundred that carry a comment.
const WITH_COMMENT: u64 = 30;
/// Marks in a hundred that are left out.
const SKIPPED: u64 = 10;
/// Characters of a comment.
const COMMENT: usize = 120;
/// What comments are cut from.
const COMPLAINTS: [&str; 4] = [
    "Очередь двигалась медленно, в зале душно, талон не печатался, а у окна дали два разных ответа на один и \
     тот же вопрос о вычете за лечение.",
    "Инспектор объяснил всё спокойно и по делу, но окно № 7 открыли только через час; повесьте, пожалуйста, \
     часы приёма у входа, а не внутри здания.",
    "Пришёл к 9:00 по записи, приняли в 10:40. Документы взяли, расписку не дали, сказали «приходите завтра» & \
     номер телефона 100% не отвечает = зря.",
    "Пандус есть, но дверь тяжёлая, с коляской одной не открыть; внутри места много, сотрудники помогли сразу, \
     за что им большое человеческое спасибо.",
];
/// Browsers people answer from.
const BROWSERS: [&str; 4] = [
    "Mozilla/5.0 (Linux; Android 14; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/138.0.0.0 Mobile Safari/537.36",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1",
    "Mozilla/5.0 (Linux; Android 13; K) AppleWebKit/537.36 (KHTML, like Gecko) YaBrowser/25.6.0.0 Mobile Safari/537.36",
    "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
];

/// The code of an office, `2701` and on.
pub fn code(office: usize) -> String {
    format!("{}", 2701 + office % OFFICES)
}

/// The file that `otklik bodies import` reads: one root and its offices.
pub fn bodies() -> String {
    let mut csv = String::from(
        "code;parent_code;full_name;short_name;kind;level;region;time_zone;address;latitude;longitude;site;\
         queue_terminal;office\n",
    );
    csv.push_str(
        "2700;;Управление ФНС России по Хабаровскому краю;УФНС;tax_region;regional;27;Asia/Vladivostok;;;;;нет;нет\n",
    );
    for office in 0..OFFICES {
        let code = code(office);
        csv.push_str(&format!(
            "{code};2700;Инспекция ФНС России № {code} по Хабаровскому краю;ИФНС {code};tax_inspection;local;27;\
             Asia/Vladivostok;;;;;нет;да\n"
        ));
    }
    csv
}

/// Requests one after another in one piece of memory.
#[derive(Debug, Default)]
pub struct Requests {
    bytes: Vec<u8>,
    ends: Vec<usize>,
}

impl Requests {
    /// Adds a request.
    pub fn push(&mut self, request: &[u8]) {
        self.bytes.extend_from_slice(request);
        self.ends.push(self.bytes.len());
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// The request of a number; after the last one the first comes again.
    pub fn get(&self, number: usize) -> &[u8] {
        let number = number % self.ends.len();
        let start = if number == 0 { 0 } else { self.ends[number - 1] };
        &self.bytes[start..self.ends[number]]
    }
}

/// A GET of an address.
pub fn get(address: SocketAddr, path: &str, browser: usize) -> String {
    let browser = BROWSERS[browser % BROWSERS.len()];
    format!("GET {path} HTTP/1.1\r\nHost: {address}\r\nUser-Agent: {browser}\r\nAccept: text/html\r\n\r\n")
}

/// The codes of the offices of [`bodies`].
pub fn codes() -> Vec<String> {
    (0..OFFICES).map(code).collect()
}

/// A GET of each office's questionnaire.
pub fn page_requests(address: SocketAddr, offices: &[String]) -> Requests {
    let mut requests = Requests::default();
    for (number, code) in offices.iter().enumerate() {
        requests.push(get(address, &format!("/qr/{code}/"), number).as_bytes());
    }
    requests
}

/// A POST of an answered form per token; with each token comes the number of its page request.
pub fn response_requests(address: SocketAddr, offices: &[String], tokens: &[(usize, String)]) -> Requests {
    forms(address, offices, tokens, answer)
}

/// A POST per token of a form that must be mailed: everything is bad.
pub fn angry_requests(address: SocketAddr, offices: &[String], tokens: &[(usize, String)]) -> Requests {
    forms(address, offices, tokens, |number, token, form| {
        form.push_str("token=");
        encode(token, form);
        form.push_str("&a=0&b=0&c=0&d=0&e=0&comment=");
        encode(&comment(number), form);
    })
}

fn forms(
    address: SocketAddr,
    offices: &[String],
    tokens: &[(usize, String)],
    fill_in: impl Fn(usize, &str, &mut String),
) -> Requests {
    let mut requests = Requests::default();
    let mut form = String::new();
    for (number, (page, token)) in tokens.iter().enumerate() {
        form.clear();
        fill_in(number, token, &mut form);
        let (code, browser) = (&offices[page % offices.len()], BROWSERS[page % BROWSERS.len()]);
        let head = format!(
            "POST /qr/{code}/ HTTP/1.1\r\nHost: {address}\r\nUser-Agent: {browser}\r\nAccept: text/html\r\n\
             Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\r\n",
            form.len()
        );
        requests.push([head.as_bytes(), form.as_bytes()].concat().as_slice());
    }
    requests
}

/// Fills in the form of one person: the same number gives the same answers.
fn answer(number: usize, token: &str, form: &mut String) {
    let mut dice = Dice(number as u64);
    form.push_str("token=");
    encode(token, form);
    let mut sad = if dice.below(100) < SAD { 1 + dice.below(5) } else { 0 };
    let first_sad = dice.below(5);
    for turn in 0..5 {
        // The sad marks begin anywhere; the names stay in their order.
        let sad_here = (turn + 5 - first_sad) % 5 < sad;
        let mark = if sad_here {
            "0"
        } else if dice.below(100) < SKIPPED {
            ""
        } else {
            "1"
        };
        form.push_str(["&a=", "&b=", "&c=", "&d=", "&e="][turn as usize]);
        form.push_str(mark);
    }
    sad = dice.below(100);
    form.push_str("&comment=");
    if sad < WITH_COMMENT {
        encode(&comment(number), form);
    }
}

fn comment(number: usize) -> String {
    COMPLAINTS[number % COMPLAINTS.len()].chars().cycle().take(COMMENT).collect()
}

/// Numbers that look random and are the same every time (SplitMix64).
struct Dice(u64);

impl Dice {
    fn below(&mut self, sides: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (mixed ^ (mixed >> 31)) % sides
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_mix_is_what_the_table_says() {
        const PEOPLE: usize = 10_000;
        let (mut sad, mut comments, mut empty) = (0, 0, 0);
        for number in 0..PEOPLE {
            let mut form = String::new();
            answer(number, "T", &mut form);
            let fields: Vec<_> = form.split('&').filter_map(|field| field.split_once('=')).collect();
            let names: Vec<_> = fields.iter().map(|(name, _)| *name).collect();
            assert_eq!(names, ["token", "a", "b", "c", "d", "e", "comment"]);
            sad += usize::from(fields[1..6].iter().any(|(_, mark)| *mark == "0"));
            comments += usize::from(!fields[6].1.is_empty());
            empty += usize::from(fields[1..].iter().all(|(_, value)| value.is_empty()));
        }
        assert!((2_800..3_200).contains(&sad), "{sad}");
        assert!((2_800..3_200).contains(&comments), "{comments}");
        assert!(empty < 5, "{empty}");
    }

    #[test]
    fn comments_have_their_length() {
        for number in 0..COMPLAINTS.len() {
            assert_eq!(comment(number).chars().count(), COMMENT);
        }
    }

    #[test]
    fn requests_keep_their_borders() {
        let address = "127.0.0.1:8080".parse().unwrap();
        let requests = response_requests(address, &codes(), &[(0, "A".into()), (201, "B+".into())]);
        assert_eq!(requests.len(), 2);
        let second = std::str::from_utf8(requests.get(1)).unwrap();
        assert!(second.starts_with("POST /qr/2702/ HTTP/1.1\r\nHost: 127.0.0.1:8080\r\n"), "{second}");
        let (head, form) = second.split_once("\r\n\r\n").unwrap();
        assert!(head.ends_with(&format!("Content-Length: {}", form.len())), "{second}");
        assert!(form.starts_with("token=B%2B&a="), "{second}");
        assert_eq!(requests.get(2), requests.get(0));
    }

    #[test]
    fn the_file_of_bodies_is_rectangular() {
        let file = bodies();
        assert_eq!(file.lines().count(), 2 + OFFICES);
        assert!(file.lines().all(|line| line.split(';').count() == 14));
    }
}
