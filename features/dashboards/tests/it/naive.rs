//! The statistics once more, by other means than the slice's: slow, and plain to see that they are right.

const Z: f64 = 1.959_963_984_540_054;

/// Where a function that rises from below to above zero crosses it.
fn cross(mut low: f64, mut high: f64, f: impl Fn(f64) -> f64) -> f64 {
    for _ in 0..200 {
        let middle = (low + high) / 2.0;
        if f(middle) < 0.0 { low = middle } else { high = middle }
    }
    (low + high) / 2.0
}

/// Wilson's interval: the shares that the score test doesn't reject.
pub fn wilson(part: u64, total: u64) -> (f64, f64) {
    let (n, p) = (total as f64, part as f64 / total as f64);
    let score = |x: f64| (x - p) * n.sqrt() - Z * (x * (1.0 - x)).sqrt();
    let mirrored = |x: f64| (x - p) * n.sqrt() + Z * (x * (1.0 - x)).sqrt();
    let low = if part == 0 { 0.0 } else { cross(0.0, p, mirrored) };
    let high = if part == total { 1.0 } else { cross(p, 1.0, score) };
    (low, high)
}

/// P(X ≤ k) of a binomial variable, term by term.
fn at_most(k: u64, n: u64, p: f64) -> f64 {
    let mut term = (1.0 - p).powf(n as f64);
    let mut sum = term;
    for i in 0..k {
        term *= (n - i) as f64 / (i + 1) as f64 * p / (1.0 - p);
        sum += term;
    }
    sum
}

/// The exact interval.
pub fn exact(part: u64, total: u64, alpha: f64) -> (f64, f64) {
    let low = match part {
        0 => 0.0,
        _ => cross(0.0, 1.0 - 1e-12, |p| 1.0 - at_most(part - 1, total, p) - alpha / 2.0),
    };
    let high = match part {
        _ if part == total => 1.0,
        _ => cross(0.0, 1.0 - 1e-12, |p| alpha / 2.0 - at_most(part, total, p)),
    };
    (low, high)
}

/// The first and the last place of each, by comparing everyone with everyone.
pub fn places(counts: &[(u64, u64)]) -> Vec<(usize, usize)> {
    let alpha = 1.0 - 0.95_f64.powf(1.0 / counts.len() as f64);
    let ends: Vec<(f64, f64)> = counts.iter().map(|&(part, total)| exact(part, total, alpha)).collect();
    ends.iter()
        .map(|one| {
            let above = ends.iter().filter(|other| other.0 > one.1).count();
            let below = ends.iter().filter(|other| other.1 < one.0).count();
            (above + 1, counts.len() - below)
        })
        .collect()
}

/// A share in percent with one digit and a comma.
pub fn percent(share: f64) -> String {
    let text = format!("{:.1}", share * 100.0).replace('.', ",");
    if text == "-0,0" { "0,0".to_owned() } else { text }
}

/// The cells of a share: itself, its interval, how many, of how many.
pub fn cells(part: u64, total: u64) -> Vec<String> {
    let mut cells = vec![String::new(); 3];
    if total >= 5 {
        let (low, high) = wilson(part, total);
        cells = [part as f64 / total as f64, low, high].map(percent).to_vec();
    }
    cells.extend([part.to_string(), total.to_string()]);
    cells
}

/// The difference of two shares with its interval; empty with too few responses.
pub fn difference(now: (u64, u64), before: (u64, u64)) -> Vec<String> {
    if now.1 < 5 || before.1 < 5 {
        return vec![String::new(); 3];
    }
    let share = |(part, total): (u64, u64)| part as f64 / total as f64;
    let (one, two) = (wilson(now.0, now.1), wilson(before.0, before.1));
    let (p1, p2) = (share(now), share(before));
    let low = p1 - p2 - ((p1 - one.0).powi(2) + (two.1 - p2).powi(2)).sqrt();
    let high = p1 - p2 + ((one.1 - p1).powi(2) + (p2 - two.0).powi(2)).sqrt();
    [p1 - p2, low, high].map(percent).to_vec()
}

#[test]
fn the_slow_way_gives_the_published_values() {
    let near = |found: (f64, f64), low: f64, high: f64| {
        assert!((found.0 - low).abs() < 5.1e-5 && (found.1 - high).abs() < 5.1e-5, "{found:?}");
    };
    near(wilson(81, 263), 0.2553, 0.3662);
    near(exact(81, 263, 0.05), 0.2527, 0.3676);
    near(exact(1, 29, 0.05), 0.0009, 0.1776);
    assert_eq!(difference((56, 70), (48, 80)), ["20,0", "5,2", "33,4"].map(str::to_owned));
}
