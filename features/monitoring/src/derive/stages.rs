//! Stages at which an application may be refused something.

use super::rules::{CODES, place};

/// A stage of refusal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stage {
    /// Its name.
    pub name: &'static str,
    /// The sum of those that were stopped there.
    pub sum: &'static str,
    /// Its statuses.
    pub statuses: &'static [i16],
}

const fn stage(name: &'static str, sum: &'static str, statuses: &'static [i16]) -> Stage {
    Stage { name, sum, statuses }
}

/// Stages of refusal in the order of an application's way (MON-13). 1019 and 1023 are one legal event (MON-15).
pub const STAGES: [Stage; 9] = [
    stage("booking_failed", "stopped_booking_failed", &[1022]),
    stage("missed", "stopped_missed", &[1018, 1006]),
    stage("consent_refused", "stopped_consent_refused", &[82]),
    stage("sending_failed", "stopped_sending_failed", &[5, 22, 24]),
    stage("not_accepted", "stopped_not_accepted", &[1019, 1023]),
    stage("cancelled", "stopped_cancelled", &[10]),
    stage("denied", "stopped_denied", &[4]),
    stage("denied_online", "stopped_denied_online", &[41]),
    stage("cancelling_refused", "stopped_cancelling_refused", &[11]),
];

/// The stages at which a status stops an application, as bits in the order of [`STAGES`].
#[must_use]
pub fn stops(status: i16) -> i16 {
    const STOPS: [i16; CODES.len()] = {
        let mut stops = [0; CODES.len()];
        let mut place = 0;
        while place < CODES.len() {
            let mut stage = 0;
            while stage < STAGES.len() {
                let statuses = STAGES[stage].statuses;
                let mut one = 0;
                while one < statuses.len() {
                    if statuses[one] == CODES[place] {
                        stops[place] |= 1 << stage;
                    }
                    one += 1;
                }
                stage += 1;
            }
            place += 1;
        }
        stops
    };
    place(status).map_or(0, |place| STOPS[place])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mon13_each_status_stops_at_the_stages_that_name_it() {
        for status in CODES {
            let expected = STAGES.iter().enumerate().filter(|(_, stage)| stage.statuses.contains(&status));
            assert_eq!(stops(status), expected.map(|(place, _)| 1 << place).sum::<i16>(), "{status}");
        }
        assert_eq!((stops(1019), stops(1023), stops(3), stops(77)), (1 << 4, 1 << 4, 0, 0));
    }
}
