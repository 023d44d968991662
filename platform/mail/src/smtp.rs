//! Letters to a mail server: connections kept between letters, every wait bounded, and a failure judged by
//! the step at which it happened.

use std::fmt;
use std::future::Future;
use std::io;
use std::time::Duration;

use lettre::transport::smtp::Error;
use lettre::transport::smtp::authentication::{Credentials, Mechanism};
use lettre::transport::smtp::client::{AsyncSmtpConnection, AsyncTokioStream, TlsParameters};
use lettre::transport::smtp::commands::{Data, Mail, Rcpt, Rset};
use lettre::transport::smtp::extension::ClientId;
use tokio::net::TcpStream;
use tokio::sync::Mutex;
use tokio::time::{Instant, timeout};

use crate::error::{SendError, SendErrorKind, one_line};
use crate::message::Message;
use crate::stream;
use crate::transport::Sent;

/// The wait for a connection and for the answer to a command.
const COMMAND: Duration = Duration::from_secs(30);
/// The wait for the answer after the letter. Longer: giving up here leaves the outcome unknown.
const FINAL: Duration = Duration::from_secs(120);
/// How long a connection is kept for the next letter.
const IDLE: Duration = Duration::from_secs(60);
/// How many connections are kept.
const KEPT: usize = 4;
/// The longest one attempt can take (ten bounded steps and the letter): a lease on an outbox row must be longer.
pub const LONGEST_SEND: Duration = Duration::from_secs(10 * COMMAND.as_secs() + FINAL.as_secs());

/// When the conversation is encrypted.
pub(crate) enum Encryption {
    None,
    Offered(TlsParameters),
    Required(TlsParameters),
    Wrapped(TlsParameters),
}

/// Where and as whom.
pub(crate) struct Server {
    pub host: String,
    pub port: u16,
    pub encryption: Encryption,
    pub credentials: Option<Credentials>,
    pub hello: ClientId,
}

/// A mail server with the connections kept to it.
pub struct Smtp {
    server: Server,
    kept: Mutex<Vec<(AsyncSmtpConnection, Instant)>>,
}

impl fmt::Debug for Smtp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Smtp({}:{})", self.server.host, self.server.port)
    }
}

/// The steps of a conversation; a failure means something else at each.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Step {
    Connect,
    StartTls,
    SignIn,
    Sender,
    Recipient,
    Data,
    Letter,
}

impl Smtp {
    pub(crate) fn new(server: Server) -> Self {
        Self { server, kept: Mutex::default() }
    }

    #[cfg(test)]
    pub(crate) const fn encryption_name(&self) -> &'static str {
        match self.server.encryption {
            Encryption::None => "none",
            Encryption::Offered(_) => "offered",
            Encryption::Required(_) => "required",
            Encryption::Wrapped(_) => "wrapped",
        }
    }

    pub(crate) async fn send(&self, message: &Message) -> Result<Sent, SendError> {
        let data = message.build()?;
        let mut connection = match self.take().await {
            Some(connection) => connection,
            None => self.connect().await?,
        };
        match converse(&mut connection, message, &data).await {
            Ok(reply) => {
                self.keep(connection).await;
                Ok(Sent { reply })
            }
            Err((error, answered)) => {
                // After an answer the connection is still good for the next letter.
                if answered && within(Step::Connect, COMMAND, connection.command(Rset)).await.is_ok() {
                    self.keep(connection).await;
                }
                Err(error)
            }
        }
    }

    pub(crate) async fn check(&self) -> Result<(), SendError> {
        if let Some(connection) = self.take().await {
            self.keep(connection).await;
            return Ok(());
        }
        let connection = self.connect().await?;
        self.keep(connection).await;
        Ok(())
    }

    pub(crate) async fn rest(&self) {
        let kept = std::mem::take(&mut *self.kept.lock().await);
        for (mut connection, _) in kept {
            let _ = timeout(COMMAND, connection.quit()).await;
        }
    }

    /// A kept connection that the server still answers on; when one has died, the others are dropped, too.
    async fn take(&self) -> Option<AsyncSmtpConnection> {
        let (mut connection, since) = self.kept.lock().await.pop()?;
        if since.elapsed() < IDLE && timeout(COMMAND, connection.test_connected()).await == Ok(true) {
            return Some(connection);
        }
        self.kept.lock().await.clear();
        None
    }

    async fn keep(&self, mut connection: AsyncSmtpConnection) {
        {
            let mut kept = self.kept.lock().await;
            if kept.len() < KEPT {
                kept.push((connection, Instant::now()));
                return;
            }
        }
        let _ = timeout(COMMAND, connection.quit()).await;
    }

    async fn connect(&self) -> Result<AsyncSmtpConnection, SendError> {
        let Server { encryption, credentials, hello, .. } = &self.server;
        let greeted = self.greeting(self.open().await?);
        let mut connection = within(Step::Connect, COMMAND, greeted).await.map_err(|(error, _)| error)?;
        let upgrade = match encryption {
            Encryption::Offered(parameters) if connection.can_starttls() => Some(parameters),
            Encryption::Required(parameters) => Some(parameters),
            _ => None,
        };
        if let Some(parameters) = upgrade {
            let upgraded = connection.starttls(parameters.clone(), hello);
            within(Step::StartTls, COMMAND, upgraded).await.map_err(|(error, _)| error)?;
        }
        if let Some(credentials) = credentials {
            let signed_in = connection.auth(&[Mechanism::Plain, Mechanism::Login], credentials);
            within(Step::SignIn, COMMAND, signed_in).await.map_err(|(error, _)| error)?;
        }
        Ok(connection)
    }

    async fn open(&self) -> Result<TcpStream, SendError> {
        let failed =
            |words: String| SendError::new(SendErrorKind::Transient, format!("{}: {words}", Step::Connect));
        match timeout(COMMAND, stream::open(&self.server.host, self.server.port)).await {
            Ok(Ok(stream)) => Ok(stream),
            Ok(Err(error)) => Err(failed(error.to_string())),
            Err(_) => Err(failed(format!("no answer in {} s", COMMAND.as_secs()))),
        }
    }

    /// Encrypts where it comes first, reads the greeting and says hello.
    async fn greeting(&self, stream: TcpStream) -> Result<AsyncSmtpConnection, Error> {
        let stream: Box<dyn AsyncTokioStream> = match &self.server.encryption {
            Encryption::Wrapped(parameters) => {
                Box::new(stream::Wrapped::over(stream, parameters.clone()).await?)
            }
            _ => Box::new(stream),
        };
        AsyncSmtpConnection::connect_with_transport(stream, &self.server.hello).await
    }
}

/// A failure, and whether the server answered, so that the conversation can go on.
type Failure = (SendError, bool);

async fn converse(
    connection: &mut AsyncSmtpConnection,
    message: &Message,
    data: &[u8],
) -> Result<String, Failure> {
    let sender = connection.command(Mail::new(Some(message.from.lettre()), Vec::new()));
    within(Step::Sender, COMMAND, sender).await?;
    let recipient = connection.command(Rcpt::new(message.to.lettre(), Vec::new()));
    within(Step::Recipient, COMMAND, recipient).await?;
    within(Step::Data, COMMAND, connection.command(Data)).await?;
    let answer = within(Step::Letter, FINAL, connection.message(data)).await?;
    let words: Vec<_> = answer.message().collect();
    Ok(one_line(&format!("{} {}", u16::from(answer.code()), words.join(" "))))
}

async fn within<T>(
    step: Step,
    limit: Duration,
    work: impl Future<Output = Result<T, Error>>,
) -> Result<T, Failure> {
    match timeout(limit, work).await {
        Ok(Ok(value)) => Ok(value),
        Ok(Err(error)) => {
            let code = error.status().map(u16::from);
            Err((judge(step, code, &error), code.is_some_and(|code| code != 421)))
        }
        Err(_) => {
            let kind = silence(step);
            Err((SendError::new(kind, format!("{step}: no answer in {} s", limit.as_secs())), false))
        }
    }
}

/// What it means when no answer came.
const fn silence(step: Step) -> SendErrorKind {
    match step {
        Step::Letter => SendErrorKind::UnknownOutcome,
        _ => SendErrorKind::Transient,
    }
}

/// What a failed step means for the letter (RFC 5321, 4.2.1; RFC 4954, 6).
fn judge(step: Step, code: Option<u16>, error: &Error) -> SendError {
    use SendErrorKind::{Misconfigured, Permanent, RefusedRecipient, Transient};
    let kind = match (code, step) {
        (Some(..=499), _) => Transient,
        (Some(530 | 534 | 535 | 538), _) => Misconfigured,
        (Some(_), Step::Connect | Step::StartTls | Step::SignIn) => Misconfigured,
        // Too large is the letter's fault; any other refusal of our sender is the setting's.
        (Some(552), Step::Sender) => Permanent,
        (Some(_), Step::Sender) => Misconfigured,
        (Some(_), Step::Recipient) => RefusedRecipient,
        (Some(_), Step::Data | Step::Letter) => Permanent,
        (None, Step::Letter) => silence(step),
        // What we need is not on offer: encryption or a way to sign in.
        (None, _) if error.is_client() || is_bad_encryption(error) => Misconfigured,
        (None, _) => Transient,
    };
    let words = std::error::Error::source(error).map_or_else(|| error.to_string(), ToString::to_string);
    let code = code.map_or_else(String::new, |code| format!("{code} "));
    SendError::new(kind, format!("{step}: {code}{words}"))
}

/// Whether the other side's certificate or its way of encrypting was refused: rustls reports both as
/// invalid data, however deep in the chain of causes.
fn is_bad_encryption(error: &Error) -> bool {
    let mut cause: Option<&(dyn std::error::Error + 'static)> = Some(error);
    std::iter::from_fn(|| {
        let now = cause?;
        cause = now.source();
        Some(now)
    })
    .filter_map(|cause| cause.downcast_ref::<io::Error>())
    .any(|cause| cause.kind() == io::ErrorKind::InvalidData)
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Connect => "connection",
            Self::StartTls => "STARTTLS",
            Self::SignIn => "AUTH",
            Self::Sender => "MAIL FROM",
            Self::Recipient => "RCPT TO",
            Self::Data => "DATA",
            Self::Letter => "the letter",
        })
    }
}
