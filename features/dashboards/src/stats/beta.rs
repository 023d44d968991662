//! The beta distribution, for exact intervals of shares.

use libm::lgamma;

/// Steps towards a quantile at most; halving alone would need 37 for [`EXACT`].
const STEPS: usize = 60;
/// How near a quantile is come to.
const EXACT: f64 = 1e-11;

/// The regularised incomplete beta function Iₓ(a, b): the chance that a beta variable lies below `x`
/// [DLMF 8.17.22, evaluated by Lentz's method]; given is the logarithm of the complete one.
fn below(x: f64, a: f64, b: f64, whole: f64) -> f64 {
    if x <= 0.0 || x >= 1.0 {
        return x.clamp(0.0, 1.0);
    }
    // The fraction converges quickly on this side of the middle.
    if x > (a + 1.0) / (a + b + 2.0) {
        return 1.0 - below(1.0 - x, b, a, whole);
    }
    let front = (a * x.ln() + b * (-x).ln_1p() - whole).exp() / a;
    let away = |value: f64| if value.abs() < 1e-300 { 1e-300 } else { value };
    let (mut c, mut d) = (1.0, 1.0 / away(1.0 - (a + b) * x / (a + 1.0)));
    let mut fraction = d;
    for step in 1..10_000 {
        let m = f64::from(step);
        let even = m * (b - m) * x / ((a + 2.0 * m - 1.0) * (a + 2.0 * m));
        let odd = -(a + m) * (a + b + m) * x / ((a + 2.0 * m) * (a + 2.0 * m + 1.0));
        for term in [even, odd] {
            d = 1.0 / away(1.0 + term * d);
            c = away(1.0 + term / c);
            fraction *= c * d;
        }
        if (c * d - 1.0).abs() < 1e-14 {
            break;
        }
    }
    front * fraction
}

/// Below which value a beta variable lies with this chance, 0–1: by Newton's steps, halved where one leaves what is known.
pub fn quantile(chance: f64, a: f64, b: f64) -> f64 {
    let (mut low, mut high) = (0.0, 1.0);
    let whole = ln_beta(a, b);
    let mut x = near(chance, a, b);
    for _ in 0..STEPS {
        let over = below(x, a, b, whole) - chance;
        if over < 0.0 {
            low = x
        } else {
            high = x
        }
        let density = ((a - 1.0) * x.ln() + (b - 1.0) * (-x).ln_1p() - whole).exp();
        let newton = x - over / density;
        let next = if newton > low && newton < high { newton } else { f64::midpoint(low, high) };
        let step = (next - x).abs();
        x = next;
        if step < EXACT {
            break;
        }
    }
    x
}

/// About where it is, so that few steps are left [Abramowitz, Stegun 1964, 26.2.23 and 26.5.22].
fn near(chance: f64, a: f64, b: f64) -> f64 {
    let tail = chance.min(1.0 - chance);
    let t = (-2.0 * tail.ln()).sqrt();
    let over = 2.515_517 + t * (0.802_853 + t * 0.010_328);
    let under = 1.0 + t * (1.432_788 + t * (0.189_269 + t * 0.001_308));
    let upper = t - over / under;
    let y = if chance < 0.5 { upper } else { -upper };
    let (in_a, in_b) = (1.0 / (2.0 * a - 1.0), 1.0 / (2.0 * b - 1.0));
    let (bend, h) = ((y * y - 3.0) / 6.0, 2.0 / (in_a + in_b));
    let w = y * (h + bend).sqrt() / h - (in_b - in_a) * (bend + 5.0 / 6.0 - 2.0 / (3.0 * h));
    let x = a / (a + b * (2.0 * w).exp());
    if x > 0.0 && x < 1.0 { x } else { a / (a + b) }
}

fn ln_beta(a: f64, b: f64) -> f64 {
    lgamma(a) + lgamma(b) - lgamma(a + b)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn below(x: f64, a: f64, b: f64) -> f64 {
        super::below(x, a, b, ln_beta(a, b))
    }

    /// P(X ≥ k) of a binomial variable, term by term.
    fn tail(k: u32, n: u32, p: f64) -> f64 {
        (k..=n)
            .map(|i| {
                let choose: f64 = (0..i).map(|j| f64::from(n - j) / f64::from(i - j)).product();
                choose * p.powi(i32::try_from(i).unwrap()) * (1.0 - p).powi(i32::try_from(n - i).unwrap())
            })
            .sum()
    }

    proptest! {
        #[test]
        fn x6_the_beta_function_is_the_tail_of_the_binomial(n in 1_u32..120, of in 0.0_f64..1.0, p in 0.001_f64..0.999) {
            let k = 1 + (f64::from(n - 1) * of) as u32;
            let found = below(p, f64::from(k), f64::from(n - k) + 1.0);
            prop_assert!((found - tail(k, n, p)).abs() < 1e-9, "{} {}", found, tail(k, n, p));
        }
    }

    proptest! {
        #[test]
        fn x6_a_quantile_is_where_the_chance_is_reached(
            chance in 1e-6_f64..0.999_999, part in 0.0_f64..=1.0, n in 1_u32..200_000,
        ) {
            let k = (f64::from(n) * part).floor();
            let (a, b) = (k + 1.0, f64::from(n) - k + 1.0);
            let x = quantile(chance, a, b);
            prop_assert!(below(x - 1e-9, a, b) <= chance && chance <= below(x + 1e-9, a, b), "{}", x);
        }
    }

    #[test]
    fn x6_known_values_hold() {
        // I_x(1, b) = 1 − (1 − x)^b; I_½(a, a) = ½.
        assert!((below(0.3, 1.0, 7.0) - (1.0 - 0.7_f64.powi(7))).abs() < 1e-14);
        assert!((below(0.5, 60_000.0, 60_000.0) - 0.5).abs() < 1e-9);
        assert_eq!((below(0.0, 2.0, 3.0), below(1.0, 2.0, 3.0)), (0.0, 1.0));
    }
}
