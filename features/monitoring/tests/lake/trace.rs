//! One application: what was told of it, in order; the last of it holds (MON-13).

use std::sync::Arc;

use otklik_monitoring::answers::{Allowed, Answers, Cell};
use otklik_progress::model::Channel;

use crate::told::{Told, importer};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn mon13_what_was_told_last_of_an_application_holds_whatever_came_first() {
    let folder = tempfile::tempdir().unwrap();
    let importer = importer(folder.path());
    // By day, then by sender: a person was meant until an organisation turned out to have applied.
    for (sender, day, channel_out, ogrn) in [
        ("Б", 20_260_303, Channel::Mfc, 1_027_700_132_195),
        ("Б", 20_260_302, Channel::Epgu, 0),
        ("А", 20_260_303, Channel::Vis, 0),
    ] {
        let mut told = Told::new(sender, day, 1, 1);
        told.application("З-1", "S1", 27, "B1", Channel::Epgu);
        told.event("З-1", 3, 0, 1_772_442_000, "");
        let of = &mut told.0.applications;
        of.channel_out[0] = channel_out as u8;
        if ogrn > 0 {
            (of.sex[0], of.age[0], of.ogrn[0]) = (0, -1, ogrn);
        }
        importer.import(&[told.0]).await.unwrap();
    }
    let snapshot = importer.lake().latest().await.unwrap();
    let rules = Arc::new(importer.rules().clone());
    let answers = Answers::of(importer.engine(), &snapshot, rules).await.unwrap();
    let trace = answers.trace("З-1", &Allowed::All).await.unwrap().unwrap();
    let told = |row: usize| ["day", "sender", "channel_out", "sex"].map(|name| trace.told.text(row, name));
    assert_eq!(told(0), ["2026-03-02", "Б", "ЕПГУ", "М"]);
    assert_eq!(told(1), ["2026-03-03", "А", "ВИС", "М"]);
    assert_eq!(told(2), ["2026-03-03", "Б", "МФЦ", ""]);
    for name in ["channel_out", "sex", "age", "ogrn"] {
        assert_eq!(trace.case.get(0, name), trace.told.get(2, name), "{name}");
    }
    assert_eq!(trace.told.get(2, "ogrn"), Some(&Cell::Whole(1_027_700_132_195)));
    assert_eq!([0, 1, 2].map(|row| trace.events.whole(row, "status")), [Some(0); 3]);
}
