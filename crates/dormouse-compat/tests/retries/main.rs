//! Retries by backon and by tower: against a server that fails twice, and exact on virtual time.

use std::future::{Ready, ready};
use std::io::{Read, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering::Relaxed};
use std::task::{Context, Poll};
use std::thread;
use std::time::{Duration, Instant};

use backon::{ExponentialBuilder, Retryable};
use dormouse::{AsyncStd, BlockOn, Runtime, Smol, ToHandle, TokioRuntime, Virtual};
use dormouse_compat::{Backon, Tower};
use tower::retry::Policy;
use tower::retry::backoff::{Backoff, MakeBackoff};
use tower::{Service, ServiceBuilder, ServiceExt};

mod backoffs;

const BASE: Duration = Duration::from_millis(20);

/// The error of a failed request.
#[derive(Clone, Debug, PartialEq)]
struct Refused;

/// A server that closes the first two connections without an answer.
fn fails_twice() -> impl Fn() -> Result<String, Refused> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let address = listener.local_addr().unwrap();
    thread::spawn(move || {
        for (place, stream) in listener.incoming().take(3).enumerate() {
            let mut stream = stream.unwrap();
            if place == 2 {
                stream.write_all(b"here").unwrap();
            }
        }
    });
    move || {
        let mut words = String::new();
        let stream = TcpStream::connect(address);
        let read = stream.and_then(|mut stream| stream.read_to_string(&mut words));
        match read {
            Ok(length) if length > 0 => Ok(words),
            _ => Err(Refused),
        }
    }
}

fn backon_asks_again(owner: impl ToHandle<Handle: Runtime> + BlockOn) {
    let runtime = owner.to_handle();
    let ask = fails_twice();
    let start = Instant::now();
    let asked = (|| ready(ask())).retry(ExponentialBuilder::new().with_min_delay(BASE));
    let answer = owner.block_on(asked.sleep(Backon::new(runtime)));
    assert_eq!(answer.as_deref(), Ok("here"));
    assert!(
        start.elapsed() >= 3 * BASE,
        "two waits, the second twice as long"
    );
}

#[test]
fn backon_on_every_runtime() {
    backon_asks_again(TokioRuntime::multi_thread(2));
    backon_asks_again(Smol);
    backon_asks_again(AsyncStd);
}

#[test]
fn backon_on_virtual_time_is_exact_and_instant() {
    let runtime = Virtual::new();
    let mut tries = 0;
    let ask = || {
        tries += 1;
        ready(if tries < 6 { Err(Refused) } else { Ok(tries) })
    };
    let hourly = ExponentialBuilder::new()
        .with_min_delay(Duration::from_secs(3600))
        .with_max_delay(Duration::from_secs(86_400))
        .with_max_times(10);
    let answer = runtime.block_on(ask.retry(hourly).sleep(Backon::new(runtime.handle())));
    assert_eq!(answer, Ok(6));
    assert_eq!(
        runtime.elapsed(),
        Duration::from_secs(3600 * (1 + 2 + 4 + 8 + 16))
    );
}

/// A policy as its users write one: a number of tries, with a backoff in between.
#[derive(Clone)]
struct Attempts<B> {
    left: usize,
    backoff: B,
}

impl<B: Backoff> Policy<(), String, Refused> for Attempts<B> {
    type Future = B::Future;

    fn retry(&mut self, _: &mut (), result: &mut Result<String, Refused>) -> Option<B::Future> {
        if result.is_ok() || self.left == 0 {
            return None;
        }
        self.left -= 1;
        Some(self.backoff.next_backoff())
    }

    fn clone_request(&mut self, (): &()) -> Option<()> {
        Some(())
    }
}

struct Ask<F>(Arc<F>);

impl<F> Clone for Ask<F> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<F: Fn() -> Result<String, Refused>> Service<()> for Ask<F> {
    type Response = String;
    type Error = Refused;
    type Future = Ready<Result<String, Refused>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Refused>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, (): ()) -> Self::Future {
        ready((self.0)())
    }
}

fn tower_asks_again<S: ToHandle + BlockOn>(
    runtime: &S,
    ask: impl Fn() -> Result<String, Refused>,
    left: usize,
) -> Result<String, Refused> {
    let mut backoff = Tower::new(runtime.to_handle(), BASE, Duration::from_secs(1)).with_seed(7);
    let policy = Attempts {
        left,
        backoff: backoff.make_backoff(),
    };
    let service = ServiceBuilder::new()
        .retry(policy)
        .service(Ask(Arc::new(ask)));
    runtime.block_on(service.oneshot(()))
}

/// tower's retries without tokio.
#[test]
fn tower_on_smol() {
    assert_eq!(
        tower_asks_again(&Smol, fails_twice(), 5).as_deref(),
        Ok("here")
    );
    assert_eq!(tower_asks_again(&Smol, fails_twice(), 1), Err(Refused));
}

#[test]
fn tower_on_virtual_time_is_exact() {
    let asked = AtomicU32::new(0);
    let runtime = Virtual::new();
    let ask = || {
        asked.fetch_add(1, Relaxed);
        Err(Refused)
    };
    assert_eq!(tower_asks_again(&runtime, ask, 10), Err(Refused));
    assert_eq!(asked.load(Relaxed), 11);
    // The same draws, each as a part of the longest wait, which doubles up to the cap.
    let longest = |wait| (BASE * 2_u32.pow(wait)).min(Duration::from_secs(1));
    let parts = backoffs::parts(7, 10).into_iter().zip(0..);
    let drawn: Duration = parts.map(|(part, wait)| longest(wait).mul_f64(part)).sum();
    assert!(
        runtime.elapsed().abs_diff(drawn) < Duration::from_micros(1),
        "{:?} instead of {drawn:?}",
        runtime.elapsed()
    );
}
