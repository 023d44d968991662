//! Every route called by everybody: nobody, a person without roles, and each role; in scope and out of it.

use otklik_access::{Permission, Role};
use otklik_db::execute;
use otklik_journal::{Actor, NewEntry, append};
use otklik_kernel::Id;
use otklik_materials::model::Typed;
use otklik_materials::photo::Photo;
use otklik_materials::place::place;
use otklik_organisations::act::Act;

use crate::lake::{self, Lake};
use crate::routes::{Line, lines};
use crate::world::{
    Answer, BESIDE, FAR_MARK, FAR_OFFICE, OFFICE, SYSTEM, World, cookie, form, on_both, request,
};

/// What one of the two regions has.
struct Side {
    office: String,
    receipt: String,
    region: Id,
    body: Id,
    /// A body that may be changed, moved and closed.
    spare: Id,
    unit: Id,
    placement: Id,
    responsible: Id,
    person: Id,
    response: Id,
    entry: Id,
    delivery: Id,
    event: Id,
    daily: Id,
    sender: Id,
    partner: Id,
    sending: Id,
    lake: Lake,
}

/// Gives what a parameter means on a side.
type Meaning = fn(&Side) -> String;

/// Which id a path's parameter means: by the path's beginning and the parameter.
const PARAMETERS: &[(&str, &str, Meaning)] = &[
    ("/qr/", "{code}", |side| side.office.clone()),
    ("/r/", "{receipt}", |side| side.receipt.clone()),
    ("/admin/assets/", "{name}", |_| style()),
    ("/admin/bodies/{id}/edit", "{id}", |side| side.spare.to_string()),
    ("/admin/bodies/{id}/move", "{id}", |side| side.spare.to_string()),
    ("/admin/bodies/{id}/close", "{id}", |side| side.spare.to_string()),
    ("/admin/bodies/{id}/reopen", "{id}", |side| side.spare.to_string()),
    ("/admin/bodies/", "{id}", |side| side.body.to_string()),
    ("/admin/bodies/", "{unit}", |side| side.unit.to_string()),
    ("/admin/bodies/", "{placement}", |side| side.placement.to_string()),
    ("/admin/bodies/", "{responsible}", |side| side.responsible.to_string()),
    ("/admin/people/", "{id}", |side| side.person.to_string()),
    ("/admin/responses/", "{id}", |side| side.response.to_string()),
    ("/admin/journal/", "{id}", |side| side.entry.to_string()),
    ("/admin/outbox/events/", "{id}", |side| side.event.to_string()),
    ("/admin/outbox/", "{id}", |side| side.delivery.to_string()),
    ("/api/v1/monitoring/deliveries/", "{id}", |side| side.daily.to_string()),
    ("/api/v1/monitoring/reports/", "{name}", |_| "overview".to_owned()),
    ("/api/v1/monitoring/applications/", "{request}", |side| side.lake.request()),
    ("/admin/monitoring/deliveries/", "{id}", |side| side.daily.to_string()),
    ("/admin/monitoring/senders/", "{id}", |side| side.sender.to_string()),
    ("/admin/monitoring/partners/", "{id}", |side| side.partner.to_string()),
    ("/admin/monitoring/sendings/", "{id}", |side| side.sending.to_string()),
];

/// The name of the admin zone's style sheet.
fn style() -> String {
    let path = otklik_ui::asset_path("admin.css").expect("the style sheet");
    path.rsplit_once('/').unwrap().1.to_owned()
}

/// A path's second parameter: something inside the body that the first one names.
const INSIDE: &[&str] = &["{unit}", "{placement}", "{responsible}"];

/// The path with what its parameters mean on a side; what is inside a body may be on another one.
fn fill(path: &str, side: &Side, inside: &Side) -> String {
    let mut filled = path.to_owned();
    while let Some(at) = filled.find('{') {
        let name = &filled[at..=at + filled[at..].find('}').unwrap()];
        let known = PARAMETERS.iter().find(|(start, known, _)| path.starts_with(start) && name == *known);
        let (_, _, of) = known.unwrap_or_else(|| panic!("{path}: say in PARAMETERS what {name} means"));
        let value = of(if INSIDE.contains(&name) { inside } else { side });
        filled = filled.replacen(name, &value, 1);
    }
    filled
}

/// What a form sends beside the token, where an empty one would say nothing.
fn fields(path: &str, side: &Side) -> Vec<(&'static str, String)> {
    match path {
        "/admin/people/{id}/withdraw" => {
            vec![("role", Role::UnitHead.code().into()), ("body", side.region.to_string())]
        }
        "/admin/people/{id}/grant" => {
            vec![("role", Role::Head.code().into()), ("role_body", side.office.clone())]
        }
        "/admin/bodies/{id}/recipients" => vec![("recipients", "otdel@nalog.example".into())],
        "/admin/bodies/{id}/alerts" => vec![("flood_limit", "20".into())],
        "/admin/bodies/{id}/poster" => vec![("heading", "Оцените нас".into())],
        "/admin/bodies/{id}/placements/new" => vec![
            ("place", "other".into()),
            ("carrier", "open".into()),
            ("day", "2026-11-22".into()),
            ("note", "у входа".into()),
        ],
        "/admin/bodies/{id}/placements/{placement}/remove" => vec![("reason", "ремонт".into())],
        "/admin/bodies/{id}/close" => vec![("reason", "переезд".into())],
        "/admin/bodies/{id}/units/new" => vec![("name", "Отдел".into())],
        "/admin/bodies/{id}/units/{unit}" => vec![("name", "Отдел учёта".into())],
        "/admin/monitoring/senders/new" | "/admin/monitoring/senders/{id}" => {
            vec![("name", "Отправитель".into())]
        }
        "/admin/responses/{id}/outcome" => vec![("outcome", "Открыто второе окно.".into())],
        _ => Vec::new(),
    }
}

async fn side(world: &World, region: &str, office: &str, spare: &str, text: &str) -> Side {
    let (region, body, spare) = (world.body(region).await, world.body(office).await, world.body(spare).await);
    let receipt = world.respond(office, &format!("{text} отклик")).await;
    let response = world.stored().await.iter().find(|one| one.body == body).unwrap().id;
    let login = format!("worker{office}");
    let person = world.person(&login, body, &[Role::UnitHead], "").await;
    let (unit, delivery, event) = (world.t.new_id(), world.t.new_id(), world.t.new_id());
    let placement = hang(world, body, text).await;
    let responsible = world.t.new_id();
    let tx = world.t.db.begin().await.unwrap();
    otklik_organisations::people::grant(&tx, person, region, Role::UnitHead, world.ctx.now()).await.unwrap();
    otklik_organisations::units::store::insert(&tx, unit, body, &format!("{text} отдел"), false)
        .await
        .unwrap();
    let fields = otklik_organisations::responsibles::Fields { name: text.into(), ..Default::default() };
    otklik_organisations::responsibles::store::insert(&tx, responsible, body, &fields, world.ctx.now())
        .await
        .unwrap();
    let entry = NewEntry {
        actor: Actor::System("test"),
        action: "bodies.change",
        subject: Some(("body", body)),
        body: Some(body),
        trace: "0123456789abcdef",
        before: None,
        after: Some(serde_json::json!({ "name": text })),
    };
    let entry = append(&tx, entry, world.ctx.now(), &world.t.ids, &*world.t.random).await.unwrap();
    tx.commit().await.unwrap();
    let letter = format!(
        "INSERT INTO notifications_deliveries (id, outbox_id, body_id, address, state, attempts, next_at,
            leased_until, unsure, reason, answer, finished_at)
        VALUES ({delivery}, {response}, {body}, '{text}@nalog.example', 3, 9, 0, 0, 0, 0, '', 0)"
    );
    let failing = format!(
        "INSERT INTO jobs_events (id, kind, body_id, payload, trace, created_at, attempts, next_at, error)
        VALUES ({event}, 'responses.accepted', {body}, '{{}}', '0123456789abcdef', 0, 3, 0, '{text}')"
    );
    for text in [letter, failing] {
        execute(&world.t.db, &text).await.unwrap();
    }
    let (monitored, lake) = monitored(world, body, text).await;
    let office = office.to_owned();
    Side {
        office,
        receipt,
        region,
        body,
        spare,
        unit,
        placement,
        responsible,
        person,
        response,
        entry,
        delivery,
        event,
        daily: monitored[0],
        sender: monitored[1],
        partner: monitored[2],
        sending: monitored[3],
        lake,
    }
}

/// A delivery of daily data that was refused, with its sender, a partner with a sending; and an application in the lake.
async fn monitored(world: &World, body: Id, text: &str) -> ([Id; 4], Lake) {
    use otklik_kernel::Zone;
    use otklik_monitoring::deliveries::{self, Counts, Delivery, State, Way};
    use otklik_monitoring::{partners, senders};
    let ids = [(); 4].map(|()| world.t.new_id());
    let [daily, sender, partner, sending] = ids;
    let (now, day) = (world.ctx.now(), lake::DAY);
    let fields = senders::Fields {
        code: format!("s{sender}"),
        name: text.into(),
        body,
        policy: senders::Policy::Whole,
        marks: (1, 5),
        zone: Zone::utc(),
        due_hours: 12,
        since: day,
        until: None,
    };
    let delivery = Delivery {
        id: daily,
        sender,
        code: fields.code.clone(),
        body,
        day,
        revision: 1,
        digest: String::new(),
        state: State::Rejected,
        way: Way::Api,
        file: text.into(),
        bytes: 1,
        received_at: now,
        received_by: text.into(),
        started_at: None,
        finished_at: Some(now),
        attempts: 1,
        counts: Counts::default(),
        commit: None,
        replaced_by: None,
        problem: "unreadable".into(),
    };
    let agreed = partners::Fields {
        body,
        name: text.into(),
        method: partners::Method::Folder,
        address: "/nowhere".into(),
        login: String::new(),
        secret: String::new(),
        server_key: String::new(),
        layout: partners::Layout::Package,
        sender: None,
        hour: 6,
        zone: Zone::utc(),
        is_on: false,
        since: day,
    };
    let tx = world.t.db.begin().await.unwrap();
    senders::store::insert(&tx, sender, &fields, now).await.unwrap();
    deliveries::store::insert(&tx, &delivery).await.unwrap();
    partners::store::insert(&tx, partner, &agreed, now).await.unwrap();
    let partner = partners::Partner { id: partner, fields: agreed };
    let subject = partners::Subject { day, sender: text.into(), revision: 1 };
    partners::store::insert_sending(&tx, sending, &partner, &subject, now).await.unwrap();
    tx.commit().await.unwrap();
    let lake = if text.contains(FAR_MARK) { lake::far(fields.code) } else { lake::near(fields.code) };
    lake.deliver(world).await;
    (ids, lake)
}

/// A poster with a photo.
async fn hang(world: &World, body: Id, text: &str) -> Id {
    let act = Act::by(&world.ctx, Actor::System("test"), "0123456789abcdef");
    let typed = Typed { place: "info_stand", carrier: "open", day: "2026-11-20", note: text };
    let photo = Photo { jpeg: text.into(), width: 1, height: 1 };
    place(&world.t.db, &SYSTEM, &act, text, body, typed, Some(photo)).await.unwrap()
}

/// Puts back what earlier calls of the same routes have changed.
async fn restore(world: &World, near: &Side) {
    for text in [
        format!("UPDATE notifications_deliveries SET state = 3 WHERE id = {}", near.delivery),
        format!("UPDATE jobs_events SET attempts = 3 WHERE id = {}", near.event),
        format!("UPDATE monitoring_sendings SET state = 'failed' WHERE id = {}", near.sending),
        format!(
            "INSERT INTO organisations_responsibles (id, body_id, unit, position, name, phone_code, phone_vts,
                phone_number, email, created_at)
            VALUES ({}, {}, '', '', 'Ближний', '', '', '', '', 0) ON CONFLICT DO NOTHING",
            near.responsible, near.body
        ),
    ] {
        execute(&world.t.db, &text).await.unwrap();
    }
}

/// Somebody who calls; nobody has no session, a person without roles no role.
struct Caller {
    title: String,
    role: Option<Role>,
    person: Option<Id>,
}

async fn callers(world: &World, region: Id) -> Vec<Caller> {
    let mut callers = vec![Caller { title: "nobody".into(), role: None, person: None }];
    let person = Some(world.person("without", region, &[], "").await);
    callers.push(Caller { title: "without roles".into(), role: None, person });
    for role in Role::ALL {
        let person =
            Some(world.person(&format!("p-{}", role.code().replace('_', "-")), region, &[role], "").await);
        callers.push(Caller { title: role.code().into(), role: Some(role), person });
    }
    callers
}

impl World {
    /// Calls a route with a session, when there is one, and with the given token.
    async fn call(&self, line: &Line, path: &str, side: &Side, session: &str, csrf: Option<&str>) -> Answer {
        let mut request = request(&line.method, path);
        if !session.is_empty() {
            request = request.header("cookie", cookie(session));
        }
        let mut sent = fields(&line.path, side);
        sent.extend(csrf.map(|token| ("csrf", token.to_owned())));
        let sent: Vec<(&str, &str)> = sent.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let body = if line.method == "POST" { form(&sent) } else { String::new() };
        self.send(request.body(body.into()).unwrap()).await
    }

    async fn check(&self, line: &Line, caller: &Caller, near: &Side, far: &Side) {
        let what = format!("{} {} as {}", line.method, line.path, caller.title);
        let path = fill(&line.path, near, near);
        let session = match caller.person {
            Some(person) => self.session(person).await,
            None => String::new(),
        };
        let csrf = self.csrf(&session);
        let is_post = line.method == "POST";
        restore(self, near).await;
        if line.is_public() {
            let answer = self.call(line, &path, near, &session, Some(&csrf)).await;
            if line.path.starts_with("/api/v1/monitoring/deliveries") {
                // A sender is known by its token, a person's session is nothing here.
                assert_eq!(answer.status, 401, "{what}");
                assert!(!answer.text.contains(FAR_MARK), "{what}");
                return;
            }
            let is_one = line.path.starts_with("/api/v1/monitoring/applications/");
            let is_list = line.path == "/api/v1/monitoring/applications";
            if is_one || is_list || line.path.starts_with("/api/v1/monitoring/reports") {
                // Whoever is signed in may ask too, with the permission for the pages of the same figures.
                let expected = match (caller.person, caller.role) {
                    (None, _) => 401,
                    // Which list isn't said.
                    (_, Some(role)) if role.may(Permission::ReadMonitoring) => {
                        if is_list {
                            422
                        } else {
                            200
                        }
                    }
                    _ => 403,
                };
                assert_eq!(answer.status, expected, "{what}");
                assert!(!answer.text.contains(FAR_MARK), "{what}");
                if expected != 401 && expected != 403 {
                    self.ask(line, &session, (&near.lake, &far.lake), false).await;
                }
                return;
            }
            assert!(matches!(answer.status, 200 | 303 | 422), "{what}: {}", answer.status);
            return;
        }
        if caller.person.is_none() {
            let answer = self.call(line, &path, near, "", Some(&csrf)).await;
            if is_post {
                assert_eq!(answer.status, 401, "{what}");
                assert_eq!(answer.hidden("resume_path"), path, "{what}");
            } else {
                assert_eq!(answer.status, 303, "{what}");
                assert!(answer.location().starts_with("/admin/login?next="), "{what}: {}", answer.location());
            }
            return;
        }
        if !line.lets(caller.role) {
            for side in [near, far] {
                let path = fill(&line.path, side, side);
                let answer = self.call(line, &path, side, &session, Some(&csrf)).await;
                assert_eq!(answer.status, 403, "{what} {path}");
                assert!(!answer.text.contains(FAR_MARK), "{what} {path}");
            }
            return;
        }
        if is_post {
            let other = self.csrf("another session");
            for token in [None, Some(""), Some(other.as_str())] {
                let answer = self.call(line, &path, near, &session, token).await;
                assert_eq!(answer.status, 403, "{what}, token {token:?}");
            }
        }
        if line.path.contains('{') {
            let mut sides = vec![(far, far)];
            if INSIDE.iter().any(|name| line.path.contains(name)) {
                sides.extend([(near, far), (far, near)]);
            }
            for (side, inside) in sides {
                let path = fill(&line.path, side, inside);
                let answer = self.call(line, &path, side, &session, Some(&csrf)).await;
                assert_eq!(answer.status, 404, "{what} {path}");
                assert!(!answer.text.contains(FAR_MARK), "{what} {path}");
            }
            // Neither a number that is nothing's nor no number at all.
            for nothing in ["1", "nothing"] {
                let path = INSIDE
                    .iter()
                    .fold(line.path.replace("{id}", nothing), |path, name| path.replace(name, nothing));
                let answer = self.call(line, &path, near, &session, Some(&csrf)).await;
                assert_eq!(answer.status, 404, "{what} {path}");
            }
        }
        let answer = self.call(line, &path, near, &session, Some(&csrf)).await;
        assert!(
            matches!(answer.status, 200 | 303 | 422),
            "{what} {path}: {}\n{}",
            answer.status,
            answer.text
        );
        assert!(!answer.text.contains(FAR_MARK), "{what} {path} shows the neighbour region");
        self.ask(line, &session, (&near.lake, &far.lake), false).await;
    }
}

#[test]
fn x6_every_route_as_everyone_in_scope_and_out_of_it() {
    on_both(async |world| {
        let near = side(&world, "6900", OFFICE, BESIDE, "Ближний").await;
        let far = side(&world, "2500", FAR_OFFICE, "2502", "Дальний").await;
        let callers = callers(&world, near.region).await;
        let before = otklik_organisations::store::find(world.t.db.read(), &SYSTEM, far.spare).await.unwrap();
        for line in lines() {
            for caller in &callers {
                world.check(&line, caller, &near, &far).await;
            }
        }
        // What was out of everybody's scope is as it was.
        let after = otklik_organisations::store::find(world.t.db.read(), &SYSTEM, far.spare).await.unwrap();
        assert_eq!(before, after);
        let stored = world.stored().await;
        let response = stored.iter().find(|response| response.id == far.response).unwrap();
        assert!(response.looked.is_none() && response.outcome.is_none());
        assert!(otklik_notifications::recipients(world.t.db.read(), far.body).await.unwrap().is_empty());
        let units =
            otklik_organisations::units::store::of(world.t.db.read(), &SYSTEM, far.body).await.unwrap();
        assert_eq!(units.len(), 1);
        let grants =
            otklik_organisations::people::store::grants(world.t.db.read(), &SYSTEM, far.person).await;
        assert_eq!(grants.unwrap().len(), 2);
        // While within it, what was asked for was done.
        let response = stored.iter().find(|response| response.id == near.response).unwrap();
        assert!(response.looked.is_some() && response.outcome.is_some());
        assert_eq!(otklik_notifications::recipients(world.t.db.read(), near.body).await.unwrap().len(), 1);
        let posters = async |body| {
            otklik_materials::store::placements::of(world.t.db.read(), &SYSTEM, body).await.unwrap()
        };
        assert!(posters(far.body).await.iter().all(|poster| poster.removed.is_none()));
        assert_eq!(posters(far.body).await.len(), 1);
        let near_posters = posters(near.body).await;
        let taken_down = near_posters.iter().find(|poster| poster.id == near.placement).unwrap();
        assert!(near_posters.len() > 1 && taken_down.removed.is_some());
    });
}
