//! The mark of a device: an HMAC under a key of the day that is destroyed afterwards.

use std::net::IpAddr;
use std::sync::Mutex;

use otklik_db::{Db, DbErr, sql};
use otklik_kernel::random::SharedRandom;
use otklik_kernel::{CivilDay, Instant, Secret, Zone};
use sea_orm::ConnectionTrait;

/// Makes marks of devices; keeps the keys of the days that are still going on somewhere.
pub struct DeviceMarks {
    db: Db,
    random: SharedRandom,
    keys: Mutex<Vec<(CivilDay, Secret)>>,
}

impl std::fmt::Debug for DeviceMarks {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("DeviceMarks")
    }
}

impl DeviceMarks {
    /// No keys yet; they are read or made when first needed.
    #[must_use]
    pub const fn new(db: Db, random: SharedRandom) -> Self {
        Self { db, random, keys: Mutex::new(Vec::new()) }
    }

    /// The mark of a device on a day: the same for the same address and browser on that day only.
    ///
    /// # Errors
    /// When the key of the day must be read and the database is away.
    pub async fn mark(&self, day: CivilDay, address: IpAddr, browser: &str) -> Result<[u8; 16], DbErr> {
        let known = self.known(day);
        let key = match known {
            Some(key) => key,
            None => self.load(day).await?,
        };
        let text = address.to_string();
        let mut mark = [0; 16];
        mark.copy_from_slice(&key.code(&[text.as_bytes(), browser.as_bytes()])[..16]);
        Ok(mark)
    }

    fn known(&self, day: CivilDay) -> Option<Secret> {
        let keys = self.keys.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        keys.iter().find(|(known, _)| *known == day).map(|(_, key)| key.clone())
    }

    /// Reads the key of a day, or makes it; all nodes get the same one.
    async fn load(&self, day: CivilDay) -> Result<Secret, DbErr> {
        let tx = self.db.begin().await?;
        let insert =
            "INSERT INTO responses_daily_keys (day, device_key) VALUES (?, ?) ON CONFLICT DO NOTHING";
        let fresh = self.random.bytes::<32>().to_vec();
        tx.execute_raw(sql(&tx, insert, [day.0.into(), fresh.into()])).await?;
        let select = "SELECT device_key FROM responses_daily_keys WHERE day = ?";
        let row = tx.query_one_raw(sql(&tx, select, [day.0.into()])).await?;
        tx.commit().await?;
        let bytes: Vec<u8> =
            row.ok_or_else(|| DbErr::RecordNotFound(format!("key of {day}")))?.try_get("", "device_key")?;
        let bytes: [u8; 32] = bytes
            .try_into()
            .map_err(|_| DbErr::Custom(format!("responses_daily_keys.device_key of {day}: not 32 bytes")))?;
        let key = Secret::new(&bytes);
        let mut keys = self.keys.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if !keys.iter().any(|(known, _)| *known == day) {
            keys.push((day, key.clone()));
        }
        Ok(key)
    }

    /// Destroys the keys of days that have ended in every zone of the country: those before yesterday
    /// by UTC.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn forget(&self, now: Instant) -> Result<(), DbErr> {
        let oldest = now.day_in(&Zone::utc()).plus_days(-1);
        self.keys.lock().unwrap_or_else(std::sync::PoisonError::into_inner).retain(|(day, _)| *day >= oldest);
        let tx = self.db.begin().await?;
        tx.execute_raw(sql(&tx, "DELETE FROM responses_daily_keys WHERE day < ?", [oldest.0.into()])).await?;
        tx.commit().await
    }
}
