//! A file's blocks read on several threads, their results taken in order on one.

use std::collections::VecDeque;
use std::io::{self, Read};
use std::sync::Mutex;
use std::sync::mpsc::{Receiver, SyncSender, TryRecvError, TrySendError, sync_channel};
use std::thread;

use crate::block::Block;
use crate::table::Table;

/// A block on its way and where its result goes.
type Task<T> = (Block, SyncSender<T>);

/// A result that is here, or will be.
enum Slot<T> {
    Ready(T),
    Awaited(Receiver<T>),
}

impl<R: Read> Table<R> {
    /// Reads everything: `work` on blocks, on up to `threads` threads at once, `take` on their results in the
    /// order of the file, on this one. At most four blocks per thread are held at a time.
    ///
    /// # Errors
    /// The source fails, or `take` says so.
    pub fn run<T: Send, E: From<io::Error>>(
        &mut self,
        threads: usize,
        work: impl Fn(Block) -> T + Sync,
        mut take: impl FnMut(T) -> Result<(), E>,
    ) -> Result<(), E> {
        let Some(first) = self.block()? else { return Ok(()) };
        let mut next = self.block()?;
        if threads < 2 || next.is_none() {
            take(work(first))?;
            while let Some(block) = next {
                take(work(block))?;
                next = self.block()?;
            }
            return Ok(());
        }
        let helpers = threads - 1;
        let (sender, receiver) = sync_channel::<Task<T>>(helpers);
        let receiver = Mutex::new(receiver);
        thread::scope(|scope| {
            for _ in 0..helpers {
                scope.spawn(|| help(&receiver, &work));
            }
            // Moved in, so that helpers end when this thread is done, whatever happens to it.
            let sender = sender;
            let mut slots = VecDeque::with_capacity(4 * threads);
            let mut next = Some(first).into_iter().chain(next);
            loop {
                let block = match next.next() {
                    Some(block) => Some(block),
                    None => self.block()?,
                };
                let Some(block) = block else { break };
                slots.push_back(give(&sender, block, &work));
                loop {
                    let is_full = slots.len() >= 3 * threads;
                    let Some(result) = ready(&mut slots, is_full)? else { break };
                    take(result)?;
                }
            }
            while let Some(result) = ready(&mut slots, true)? {
                take(result)?;
            }
            Ok(())
        })
    }
}

/// Gives a block to a helper; when all are busy, this thread does it.
fn give<T>(sender: &SyncSender<Task<T>>, block: Block, work: &impl Fn(Block) -> T) -> Slot<T> {
    let (answer, awaited) = sync_channel(1);
    match sender.try_send((block, answer)) {
        Ok(()) => Slot::Awaited(awaited),
        Err(TrySendError::Full((block, _)) | TrySendError::Disconnected((block, _))) => {
            Slot::Ready(work(block))
        }
    }
}

/// The first result, if it is here or must be waited for.
fn ready<T>(slots: &mut VecDeque<Slot<T>>, wait: bool) -> io::Result<Option<T>> {
    let gone = || io::Error::other("a thread that read the table is gone");
    match slots.pop_front() {
        None => Ok(None),
        Some(Slot::Ready(result)) => Ok(Some(result)),
        Some(Slot::Awaited(awaited)) if wait => awaited.recv().map(Some).map_err(|_| gone()),
        Some(Slot::Awaited(awaited)) => match awaited.try_recv() {
            Ok(result) => Ok(Some(result)),
            Err(TryRecvError::Empty) => {
                slots.push_front(Slot::Awaited(awaited));
                Ok(None)
            }
            Err(TryRecvError::Disconnected) => Err(gone()),
        },
    }
}

fn help<T>(tasks: &Mutex<Receiver<Task<T>>>, work: &impl Fn(Block) -> T) {
    loop {
        let task = tasks.lock().map(|tasks| tasks.recv());
        let Ok(Ok((block, answer))) = task else { return };
        // Nobody waits for it when reading was given up.
        let _ = answer.send(work(block));
    }
}
