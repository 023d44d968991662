//! Applications as objects and events of OCEL 2.0.

use std::io::{self, Write};

use otklik_eventlog::{AttributeType, ObjectAttribute, OcelWriter, Relation, TypeOf, Value, show};

use super::{Told, activity, asks};
use crate::model::Channel;
use crate::print::{COMPLAINT_EVENTS, PAYMENT_EVENTS};
use crate::reference::Reference;

/// Types of objects.
const APPLICATION: &str = "Заявление";
const SERVICE: &str = "Услуга";
const BODY: &str = "Орган";
const ASK: &str = "Межведомственный запрос";
const PAYMENT: &str = "Пошлина";
const COMPLAINT: &str = "Жалоба";

/// The type of the events of ratings.
const RATED: &str = "Оценка услуги";

/// Names of the events of fees, in the order of the source.
const FEES: [&str; PAYMENT_EVENTS.len()] =
    ["Присвоен УИН", "Пошлина оплачена", "Оплата подтверждена", "Ошибка формы оплаты", "Пошлина возвращена"];

/// Names of the events of complaints, in the order of the source.
const COMPLAINTS: [&str; COMPLAINT_EVENTS.len()] =
    ["Жалоба принята", "Рассмотрение жалобы назначено", "Жалоба удовлетворена", "Жалоба отклонена"];

/// What happened to a fee, by the event's number from 1 in the order of the source.
#[must_use]
pub fn fee_event(event: u8) -> Option<&'static str> {
    nth(&FEES, event)
}

/// What happened to a complaint, by the event's number from 1 in the order of the source.
#[must_use]
pub fn complaint_event(event: u8) -> Option<&'static str> {
    nth(&COMPLAINTS, event)
}

fn nth(names: &[&'static str], event: u8) -> Option<&'static str> {
    names.get(usize::from(event).wrapping_sub(1)).copied()
}

/// When something happened, and to which application.
#[derive(Clone, Copy, Debug)]
pub struct Fee<'a> {
    /// An id that no other event has.
    pub id: &'a str,
    /// Request number.
    pub request: &'a str,
    /// Which event, from 1 in the order of the source.
    pub event: u8,
    /// Microseconds since 1970 in UTC.
    pub at: i64,
    /// Minutes east of UTC.
    pub offset: i16,
}

/// Writes a log: all objects first, then all events.
pub struct OcelOut<'r, W: Write> {
    writer: OcelWriter<W>,
    reference: &'r Reference,
}

impl<'r, W: Write> OcelOut<'r, W> {
    /// Begins a log.
    ///
    /// # Errors
    /// It can't be written.
    pub fn new(out: W, reference: &'r Reference) -> io::Result<Self> {
        let of = |name: &str, attributes: &[&str]| TypeOf {
            name: name.to_owned(),
            attributes: attributes.iter().map(|name| ((*name).to_owned(), AttributeType::String)).collect(),
        };
        let objects = [
            of(APPLICATION, &["service", "variant", "region", "body", "channel_in", "channel_out"]),
            of(SERVICE, &["name"]),
            of(BODY, &["name"]),
            of(ASK, &["mnemonic"]),
            of(PAYMENT, &[]),
            of(COMPLAINT, &[]),
        ];
        let statuses = reference.statuses.all().iter().filter(|known| known.code.is_event());
        let mut events: Vec<TypeOf> = statuses
            .map(|known| of(&activity(reference, known.code.0), &["process", "status", "mnemonic"]))
            .collect();
        events.extend(FEES.iter().chain(&COMPLAINTS).map(|name| of(name, &[])));
        events.push(TypeOf {
            name: RATED.to_owned(),
            attributes: vec![("mark".to_owned(), AttributeType::Integer)],
        });
        Ok(Self { writer: OcelWriter::new(out, &objects, &events)?, reference })
    }

    /// Adds a service with its name.
    ///
    /// # Errors
    /// It can't be written.
    pub fn service(&mut self, service: &str, name: &str) -> io::Result<()> {
        self.writer.object(&format!("service/{service}"), SERVICE, &[always("name", name)], &[])
    }

    /// Adds a body with its name.
    ///
    /// # Errors
    /// It can't be written.
    pub fn body(&mut self, body: &str, name: &str) -> io::Result<()> {
        self.writer.object(&format!("body/{body}"), BODY, &[always("name", name)], &[])
    }

    /// Adds an application and its interagency requests.
    ///
    /// # Errors
    /// It can't be written.
    pub fn application(&mut self, told: &Told<'_>) -> io::Result<()> {
        let region = format!("{:02}", told.region);
        let attributes = [
            ("service", told.service),
            ("variant", told.variant),
            ("region", &region),
            ("body", told.body),
            ("channel_in", told.channel_in.map_or("", Channel::code)),
            ("channel_out", told.channel_out.map_or("", Channel::code)),
        ];
        let given = attributes.iter().filter(|(_, value)| !value.is_empty());
        let attributes: Vec<ObjectAttribute> = given.map(|(name, value)| always(name, value)).collect();
        let mut relations = Vec::new();
        if !told.service.is_empty() {
            relations.push(relation(&format!("service/{}", told.service), "об услуге"));
        }
        if !told.body.is_empty() {
            relations.push(relation(&format!("body/{}", told.body), "в органе"));
        }
        self.writer.object(&application_id(told.request), APPLICATION, &attributes, &relations)?;
        let (_, mnemonics) = asks(self.reference, told.events());
        for (number, mnemonic) in (1..).zip(mnemonics) {
            let of = [relation(&application_id(told.request), "для заявления")];
            self.writer.object(&ask_id(told.request, number), ASK, &[always("mnemonic", mnemonic)], &of)?;
        }
        Ok(())
    }

    /// Adds the fee of an application.
    ///
    /// # Errors
    /// It can't be written.
    pub fn payment(&mut self, request: &str) -> io::Result<()> {
        let of = [relation(&application_id(request), "за заявление")];
        self.writer.object(&format!("payment/{request}"), PAYMENT, &[], &of)
    }

    /// Adds a complaint.
    ///
    /// # Errors
    /// It can't be written.
    pub fn complaint(&mut self, request: &str, complaint: &str) -> io::Result<()> {
        let of = [relation(&application_id(request), "на заявление")];
        self.writer.object(&format!("complaint/{request}/{complaint}"), COMPLAINT, &[], &of)
    }

    /// Adds the events of an application.
    ///
    /// # Errors
    /// It can't be written.
    pub fn events(&mut self, told: &Told<'_>) -> io::Result<()> {
        let (asks, _) = asks(self.reference, told.events());
        for (number, (step, ask)) in told.events().zip(asks).enumerate() {
            let mut relations = vec![relation(&application_id(told.request), "ход заявления")];
            relations.extend(ask.map(|ask| relation(&ask_id(told.request, ask), "обмен")));
            if !told.body.is_empty() {
                relations.push(relation(&format!("body/{}", told.body), "в органе"));
            }
            let text = |name: &str, value: &str| (name.to_owned(), Value::Text(value.to_owned()));
            let mut attributes =
                vec![text("process", step.process.title()), text("status", &step.status.to_string())];
            if !step.mnemonic.is_empty() {
                attributes.push(text("mnemonic", step.mnemonic));
            }
            let id = format!("event/{}/{number}", told.request);
            let name = activity(self.reference, step.status);
            self.writer.event(&id, &name, &show(step.at, step.offset), &attributes, &relations)?;
        }
        Ok(())
    }

    /// Adds an event of a fee.
    ///
    /// # Errors
    /// It can't be written.
    pub fn payment_event(&mut self, fee: &Fee<'_>) -> io::Result<()> {
        self.of_object(fee, &FEES, &format!("payment/{}", fee.request), "пошлина", &[])
    }

    /// Adds an event of a complaint.
    ///
    /// # Errors
    /// It can't be written.
    pub fn complaint_event(&mut self, complaint: &str, event: &Fee<'_>) -> io::Result<()> {
        let object = format!("complaint/{}/{complaint}", event.request);
        self.of_object(event, &COMPLAINTS, &object, "жалоба", &[])
    }

    /// Adds a rating.
    ///
    /// # Errors
    /// It can't be written.
    pub fn rating(&mut self, event: &Fee<'_>, mark: i16) -> io::Result<()> {
        let mark = [("mark".to_owned(), Value::Integer(i64::from(mark)))];
        self.of_object(event, &[RATED], "", "", &mark)
    }

    fn of_object(
        &mut self,
        event: &Fee<'_>,
        names: &[&'static str],
        object: &str,
        qualifier: &str,
        attributes: &[(String, Value)],
    ) -> io::Result<()> {
        let name = nth(names, event.event)
            .ok_or_else(|| io::Error::new(io::ErrorKind::InvalidInput, "an event that isn't known"))?;
        let mut relations = vec![relation(&application_id(event.request), "ход заявления")];
        if !object.is_empty() {
            relations.push(relation(object, qualifier));
        }
        self.writer.event(event.id, name, &show(event.at, event.offset), attributes, &relations)
    }

    /// Ends the log.
    ///
    /// # Errors
    /// It can't be written.
    pub fn finish(self) -> io::Result<W> {
        self.writer.finish()
    }
}

fn application_id(request: &str) -> String {
    format!("application/{request}")
}

fn ask_id(request: &str, number: usize) -> String {
    format!("ask/{request}/{number}")
}

fn relation(object: &str, qualifier: &str) -> Relation {
    Relation { object: object.to_owned(), qualifier: qualifier.to_owned() }
}

fn always(name: &str, value: &str) -> ObjectAttribute {
    ObjectAttribute {
        name: name.to_owned(),
        time: "1970-01-01T00:00:00Z".to_owned(),
        value: Value::Text(value.to_owned()),
    }
}
