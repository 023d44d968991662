//! What deriving promises: it is causal, trails are lossless, buckets are within 1 %.

use otklik_progress::reference::Reference;
use proptest::prelude::*;

use super::*;

fn rules() -> Rules {
    Rules::new(Reference::built_in().clone())
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let status = prop::sample::select(CODES.to_vec());
    let step = (status, 1..=4_u8, 0..50_000_i64, 0..3_u32, prop::sample::select(vec![180_i16, 600, -60]));
    prop::collection::vec(step, 0..20).prop_map(|steps| {
        let mut at = 1_772_442_000;
        let step = |(status, process, after, mnemonic, offset)| {
            at += after;
            Step { at, mnemonic, status, offset, process }
        };
        steps.into_iter().map(step).collect()
    })
}

#[test]
fn mon6_where_nothing_was_added_the_statuses_are_the_48_and_all_but_the_planned_one_are_measured() {
    let rules = rules();
    assert_eq!(rules.statuses().map(|(code, _)| code).collect::<Vec<_>>(), CODES);
    let unmeasured: Vec<i16> = CODES.into_iter().filter(|code| !rules.is_measured(*code)).collect();
    assert_eq!(unmeasured, [1002]);
    assert!(!rules.is_measured(2001) && rules.status(2001) == "2001" && rules.status(1003) == "Выдан талон");
}

proptest! {
    #[test]
    fn mon13_later_steps_only_add_rows(steps in steps(), cut in 0..20_usize) {
        let rules = rules();
        let (mut early, mut all) = (Derived::default(), Derived::default());
        derive(&rules, None, 0, &steps[..cut.min(steps.len())], &mut early);
        let case = derive(&rules, None, 0, &steps, &mut all);
        prop_assert!(all.transitions.starts_with(&early.transitions));
        prop_assert!(all.exchanges.starts_with(&early.exchanges));
        let seconds: i64 = all.transitions.iter().map(|transition| transition.seconds).sum();
        let whole = case.last.zip(case.began).map_or(0, |(last, began)| last.at - began);
        prop_assert_eq!(seconds, whole, "transitions add up to the time between the first and the last event");
        prop_assert!(all.transitions.iter().all(|t| (0..=t.seconds).contains(&t.paused)));
        prop_assert!(case.paused.unwrap_or(0) <= case.total.unwrap_or(0));
    }

    #[test]
    fn mon15_planned_moments_are_no_events(steps in steps()) {
        let rules = rules();
        let events: Vec<Step> = steps.iter().copied().filter(|step| step.status != 1002).collect();
        let (mut with, mut without) = (Derived::default(), Derived::default());
        let mut case = derive(&rules, None, 0, &steps, &mut with);
        let plain = derive(&rules, None, 0, &events, &mut without);
        prop_assert_eq!(&with.transitions, &without.transitions);
        let place = place(1002).unwrap();
        (case.first[place], case.last_of[place]) = (None, None);
        prop_assert_eq!(case, plain);
    }

    #[test]
    fn mon1_a_trail_holds_every_step(steps in steps()) {
        let words = ["", "СНИЛС", "ЕГРН"];
        let mut bytes = Vec::new();
        encode(&steps, |word| words[word as usize], &mut bytes);
        let mut back = Vec::new();
        let word = |text: &str| words.iter().position(|word| *word == text).unwrap() as u32;
        prop_assert_eq!(decode(&bytes, word, &mut back), Some(()));
        prop_assert_eq!(back, steps);
    }

    #[test]
    fn mon13_no_bytes_break_the_reader_of_trails(bytes in prop::collection::vec(any::<u8>(), 0..40)) {
        let mut steps = Vec::new();
        // Whether they are a trail or not: it answers.
        let answer = decode(&bytes, |_| 1, &mut steps);
        prop_assert!(answer.is_none() || !steps.is_empty() || bytes.is_empty());
    }

    #[test]
    fn mon13_a_bucket_is_within_one_percent(seconds in 0..400_000_000_i64) {
        let middle = middle(bucket(seconds));
        prop_assert!((middle - seconds as f64).abs() <= 0.01 * seconds as f64, "{seconds}: {middle}");
    }
}

#[test]
fn mon13_civil_days_are_those_of_the_calendar() {
    for (seconds, day) in
        [(0, 19_700_101), (951_782_400, 20_000_229), (1_772_442_000, 20_260_302), (-1, 19_691_231)]
    {
        assert_eq!(civil_day(seconds), day);
    }
    for day in (0..40_000).step_by(7) {
        let found = otklik_kernel::Instant(day * 86_400 * 1_000_000).day_in(&otklik_kernel::Zone::utc());
        assert_eq!(civil_day(day * 86_400), found.0);
    }
}

#[test]
fn mon15_pauses_at_a_centre_are_open_ended_and_taken_out_of_nothing() {
    let step = |at, process, status| Step { at, mnemonic: 0, status, offset: 180, process };
    let steps = [step(0, 1, 2), step(100, 2, 14), step(200, 1, 14), step(500, 1, 1020), step(1_000, 1, 3)];
    let mut derived = Derived::default();
    let case = derive(&rules(), None, 0, &steps, &mut derived);
    assert_eq!((case.total, case.paused, case.outcome), (Some(1_000), Some(300), Outcome::Granted));
    assert!(case.is_open_ended && !case.is_paused);
}

#[test]
fn mon15_a_pause_that_nothing_ends_is_taken_out_of_what_the_norm_measures_too() {
    const DAY: i64 = 86_400;
    let step = |at, process, status| Step { at, mnemonic: 0, status, offset: 180, process };
    // The decision is told by another process than the suspension.
    let steps = [step(0, 1, 1), step(5 * DAY, 1, 14), step(40 * DAY, 3, 40)];
    let rules = rules();
    let norm = rules.reference().norms.get("decision", "x", "", otklik_kernel::CivilDay(20_260_101));
    let case = derive(&rules, norm, 0, &steps, &mut Derived::default());
    assert_eq!((case.total, case.paused), (Some(40 * DAY), Some(35 * DAY)));
    assert_eq!((case.norm, case.spent, case.is_within), (Some(30), Some(5), Some(true)));
}
