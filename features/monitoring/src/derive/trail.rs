//! An application's steps as bytes beside its case: what a later delivery adds to needs no look at its events.
//!
//! Each step is its status and process with two marks, the seconds since the step before, the offset where it
//! changed (first mark), and the mnemonic where there is one (second mark); whole numbers as LEB128.

use super::Step;

fn put(bytes: &mut Vec<u8>, mut number: u64) {
    while number >= 0x80 {
        bytes.push(number.to_le_bytes()[0] | 0x80);
        number >>= 7;
    }
    bytes.push(number.to_le_bytes()[0]);
}

fn take(bytes: &mut &[u8]) -> Option<u64> {
    let mut number = 0;
    for shift in (0..64).step_by(7) {
        let (first, rest) = bytes.split_first()?;
        *bytes = rest;
        number |= u64::from(first & 0x7f) << shift;
        if first & 0x80 == 0 {
            return Some(number);
        }
    }
    None
}

const fn zigzag(number: i64) -> u64 {
    ((number << 1) ^ (number >> 63)).cast_unsigned()
}

const fn unzigzag(number: u64) -> i64 {
    (number >> 1).cast_signed() ^ -((number & 1).cast_signed())
}

/// Appends steps, which are in order of time, to `bytes`.
pub fn encode<'a>(steps: &[Step], text: impl Fn(u32) -> &'a str, bytes: &mut Vec<u8>) {
    let (mut at, mut offset) = (0, 0);
    for step in steps {
        let process = u64::from(step.process.wrapping_sub(1) & 3);
        let marks = u64::from(step.mnemonic != 0) << 1 | u64::from(step.offset != offset);
        put(bytes, u64::from(step.status.cast_unsigned()) << 4 | process << 2 | marks);
        put(bytes, zigzag(step.at - at));
        if step.offset != offset {
            put(bytes, zigzag(i64::from(step.offset)));
        }
        if step.mnemonic != 0 {
            let mnemonic = text(step.mnemonic).as_bytes();
            put(bytes, mnemonic.len() as u64);
            bytes.extend_from_slice(mnemonic);
        }
        (at, offset) = (step.at, step.offset);
    }
}

/// The steps of a trail, added to `steps`; `None` when the bytes are no trail.
pub fn decode(mut bytes: &[u8], mut text: impl FnMut(&str) -> u32, steps: &mut Vec<Step>) -> Option<()> {
    let (mut at, mut offset) = (0_i64, 0);
    while !bytes.is_empty() {
        let code = take(&mut bytes)?;
        at = at.checked_add(unzigzag(take(&mut bytes)?))?;
        if code & 1 == 1 {
            offset = i16::try_from(unzigzag(take(&mut bytes)?)).ok()?;
        }
        let status = u16::try_from(code >> 4).ok()?.cast_signed();
        let process = u8::try_from(code >> 2 & 3).ok()? + 1;
        let mut mnemonic = 0;
        if code & 2 == 2 {
            let length = usize::try_from(take(&mut bytes)?).ok()?;
            let (name, rest) = bytes.split_at_checked(length)?;
            mnemonic = text(std::str::from_utf8(name).ok()?);
            bytes = rest;
        }
        steps.push(Step { at, mnemonic, status, offset, process });
    }
    Some(())
}
