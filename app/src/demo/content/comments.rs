//! Texts people leave: chosen to agree with the marks, then varied as people write.

use serde::Deserialize;

use super::random::SplitMix64;

/// `mood;criterion;place;season;text`; see `demo-data/README.md`.
const COMMENTS: &str = include_str!("../../../demo-data/comments.csv");

/// What a text is like.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Mood {
    /// A complaint.
    Negative,
    /// Thanks.
    Positive,
    /// A complaint about one thing and praise of another.
    Mixed,
    /// A proposal.
    Proposal,
}

/// What kind of office a text fits.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Place {
    /// A tax office.
    Tax,
    /// A branch of МФЦ.
    Mfc,
    /// Any other office; as a column of the file it is empty and fits everywhere.
    Other,
}

/// When a text makes sense.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Season {
    /// The second half of April.
    Deadline,
    /// November to March.
    Cold,
    /// May to September.
    Warm,
}

/// A text and what it is about.
#[derive(Clone, Debug, Deserialize)]
pub struct Comment {
    /// What it is like.
    pub mood: Mood,
    /// Letters of the criteria, а–д; of a mixed text, the complaint's first and the praise's second.
    pub criterion: String,
    /// The only kind of office it fits, if not all.
    pub place: Option<Place>,
    /// The only season it fits, if not all.
    pub season: Option<Season>,
    /// The text, with `{min}`, `{window}` and `{ticket}` to fill in.
    pub text: String,
}

impl Comment {
    /// The numbers of its criteria, 0 to 4.
    pub fn criteria(&self) -> impl Iterator<Item = usize> + '_ {
        self.criterion.chars().filter_map(|letter| "абвгд".chars().position(|known| known == letter))
    }

    /// Long stories, markup and personal data, which would look copied if they came often.
    fn is_rare(&self) -> bool {
        self.text.contains(['@', '<', '\n']) || self.text.contains("000") || self.text.chars().count() > 250
    }

    fn fits(&self, scene: &Scene) -> bool {
        let season = match self.season {
            None => true,
            Some(Season::Deadline) => (415..=430).contains(&scene.month_day),
            Some(Season::Cold) => scene.month_day >= 1101 || scene.month_day < 401,
            Some(Season::Warm) => (510..=920).contains(&scene.month_day),
        };
        season && self.place.is_none_or(|place| place == scene.place)
    }
}

/// Where and when a text is written.
#[derive(Clone, Copy, Debug)]
pub struct Scene {
    /// The kind of office.
    pub place: Place,
    /// Month and day as a number: 430 is 30 April.
    pub month_day: i32,
    /// The local hour.
    pub hour: i64,
    /// Whether it is Saturday.
    pub saturday: bool,
}

/// All texts.
#[must_use]
pub fn comments() -> Vec<Comment> {
    let mut reader = csv::ReaderBuilder::new().delimiter(b';').from_reader(COMMENTS.as_bytes());
    reader.deserialize().collect::<Result<_, _>>().expect("the embedded texts are well-formed")
}

/// Chooses a text that agrees with marks (`true` = happy face): what it blames is sad, what it praises is not.
#[must_use]
pub fn choose<'a>(
    all: &'a [Comment],
    marks: &[Option<bool>; 5],
    scene: &Scene,
    random: &mut SplitMix64,
) -> Option<&'a Comment> {
    let sad = |at: usize| marks[at] == Some(false);
    let (sads, happies) = (count(marks, false), count(marks, true));
    let wish = match (sads, happies, random.unit()) {
        (0, _, share) if share < 0.78 => Mood::Positive,
        (0, _, _) => Mood::Proposal,
        (_, 0, share) if share < 0.92 => Mood::Negative,
        (_, 0, _) => Mood::Proposal,
        (_, _, share) if share < 0.32 => Mood::Mixed,
        (_, _, share) if share < 0.87 => Mood::Negative,
        _ => Mood::Proposal,
    };
    let agrees = |comment: &Comment, mood: Mood| {
        let mut about = comment.criteria();
        comment.mood == mood
            && match mood {
                Mood::Positive => about.all(|at| marks[at] == Some(true)),
                Mood::Mixed => about.next().is_some_and(sad) && about.all(|at| marks[at] == Some(true)),
                Mood::Negative if comment.criterion.is_empty() => sads >= 3 && happies == 0,
                Mood::Negative => about.all(sad),
                Mood::Proposal => sads == 0 || about.all(sad),
            }
    };
    let fallback = if sads == 0 { Mood::Positive } else { Mood::Negative };
    [wish, fallback].into_iter().find_map(|mood| {
        let fitting: Vec<_> =
            all.iter().filter(|comment| agrees(comment, mood) && comment.fits(scene)).collect();
        let first = random.one_of(&fitting).copied()?;
        if first.is_rare() && random.chance(0.75) { random.one_of(&fitting).copied() } else { Some(first) }
    })
}

fn count(marks: &[Option<bool>; 5], which: bool) -> usize {
    marks.iter().filter(|mark| **mark == Some(which)).count()
}

/// Fills in the numbers and varies the text: an opening, an ending, careless typing.
#[must_use]
pub fn write(comment: &Comment, scene: &Scene, random: &mut SplitMix64) -> String {
    let minutes = [25, 30, 35, 40, 45, 50, 55, 70, 80, 90];
    let mut text = comment
        .text
        .replace("{min}", &minutes[random.below(minutes.len())].to_string())
        .replace("{window}", &(random.below(18) + 1).to_string())
        .replace(
            "{ticket}",
            &format!("{}{:03}", ["А", "Б", "В", "Д"][random.below(4)], random.below(180) + 1),
        );
    if text.contains(['\n', '<']) || text.chars().count() > 200 {
        return text;
    }
    let capital = text.starts_with(char::is_uppercase);
    if capital && comment.mood != Mood::Proposal && random.chance(0.2) {
        let openings: &[&str] = match scene.hour {
            _ if scene.saturday => &["Суббота, короткий день."],
            ..=10 => &["Сегодня с самого утра.", "Утро, только открылись."],
            13 => &["Обеденное время."],
            17.. => &["После работы.", "Под конец дня."],
            _ => &["Сегодня днём.", "Середина дня."],
        };
        text = format!("{} {text}", random.one_of(openings).copied().unwrap_or_default());
    }
    let thanked = text.contains("пасибо") || text.contains("ПАСИБО") || text.contains("ожалуйста");
    if text.ends_with(['.', '?']) && !thanked && random.chance(0.25) {
        let endings: &[&str] = match comment.mood {
            Mood::Negative => &[
                "Прошу разобраться.",
                "Примите меры.",
                "Надеюсь, это прочитают.",
                "Так быть не должно.",
                "Исправьте, пожалуйста.",
                "Очень расстроили.",
            ],
            Mood::Positive => &["Спасибо!", "Так держать.", "Благодарю.", "Молодцы 👍", "Всем здоровья."],
            Mood::Mixed => &["В целом терпимо.", "Учтите, пожалуйста."],
            Mood::Proposal => &["Спасибо.", "Заранее благодарю.", "Думаю, это недорого."],
        };
        text = format!("{text} {}", random.one_of(endings).copied().unwrap_or_default());
    }
    let shouting = text.chars().nth(1).is_some_and(char::is_uppercase);
    if !shouting && random.chance(0.15) {
        let mut letters = text.trim_end_matches('.').chars();
        let first = letters.next().into_iter().flat_map(char::to_lowercase);
        text = first.chain(letters).collect();
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_many_different_and_short_enough() {
        let all = comments();
        let mut texts: Vec<_> = all.iter().map(|comment| &comment.text).collect();
        texts.sort();
        texts.dedup();
        assert_eq!(texts.len(), all.len());
        assert!(all.len() >= 120);
        assert!(
            all.iter().all(|comment| !comment.text.trim().is_empty() && comment.text.chars().count() <= 900)
        );
        for comment in &all {
            assert_eq!(comment.criteria().count(), comment.criterion.chars().count(), "{comment:?}");
            assert!(comment.mood != Mood::Mixed || comment.criteria().count() == 2, "{comment:?}");
        }
        for sample in ["<b>", "@pochta.example", "+7 (900)", "СНИЛС", "ИНН", "ё", "😊", "«", "\"", "\n"]
        {
            assert!(all.iter().any(|comment| comment.text.contains(sample)), "{sample:?}");
        }
    }

    #[test]
    fn every_pattern_of_marks_finds_a_text_that_agrees() {
        let all = comments();
        let mut random = SplitMix64::new(7);
        for pattern in 1..243_usize {
            let marks = std::array::from_fn(|at| match pattern / 3_usize.pow(at as u32) % 3 {
                0 => None,
                digit => Some(digit == 1),
            });
            for place in [Place::Tax, Place::Mfc, Place::Other] {
                let scene = Scene { place, month_day: 204, hour: 11, saturday: false };
                for _ in 0..20 {
                    let comment = choose(&all, &marks, &scene, &mut random).unwrap();
                    let has_sad = marks.contains(&Some(false));
                    assert_eq!(
                        comment.mood == Mood::Positive,
                        !has_sad && comment.mood != Mood::Proposal,
                        "{marks:?} {comment:?}"
                    );
                    if has_sad && let Some(blamed) = comment.criteria().next() {
                        assert_eq!(marks[blamed], Some(false), "{comment:?}");
                    }
                    assert!(comment.place.is_none_or(|only| only == place));
                    assert!(!matches!(comment.season, Some(Season::Deadline | Season::Warm)));
                    assert!(!write(comment, &scene, &mut random).contains(['{', '}']));
                }
            }
        }
    }
}
