//! A server and a client of hyper over loopback, on every runtime: the same code, and a timeout
//! that fires.

use std::convert::Infallible;
use std::net::{Ipv4Addr, SocketAddr, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::time::{Duration, Instant};

use async_io::{Async, Timer};
use bytes::Bytes;
use dormouse::{
    AnyRuntime, AsyncStd, BlockOn, Coalesced, FuturesPool, MissedTick, Runtime, Sleeper,
    SmolExecutor, Spawner, Task, ToHandle, Tokio, TokioRuntime, Virtual, interval,
};
use dormouse_compat::{FromHyper, Hyper};
use futures::{AsyncReadExt, AsyncWriteExt, FutureExt};
use http_body_util::{BodyExt, Empty, Full};
use hyper::body::Incoming;
use hyper::rt::{Executor, Timer as _};
use hyper::service::service_fn;
use hyper::{Request, Response, StatusCode};
use smol_hyper::rt::FuturesIo;

type Listener = Async<std::net::TcpListener>;

fn listen() -> (Listener, SocketAddr) {
    let listener = Listener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let address = listener.get_ref().local_addr().unwrap();
    (listener, address)
}

async fn connect(address: SocketAddr) -> FuturesIo<Async<TcpStream>> {
    FuturesIo::new(Async::<TcpStream>::connect(address).await.unwrap())
}

async fn answer(request: Request<Incoming>) -> Result<Response<Full<Bytes>>, Infallible> {
    let path = Bytes::from(request.uri().path().to_owned());
    Ok(Response::new(Full::new(path)))
}

fn request(address: SocketAddr, path: &str) -> Request<Empty<Bytes>> {
    let request = Request::get(format!("http://{address}{path}"));
    request
        .header("host", "dormouse")
        .body(Empty::new())
        .unwrap()
}

/// HTTP/1: answers requests, cuts off a client that does not send its header in time, and shuts
/// down.
fn serves_http_1(owner: impl ToHandle<Handle: Runtime> + BlockOn) {
    let runtime = owner.to_handle();
    const PATIENCE: Duration = Duration::from_millis(200);
    let (listener, address) = listen();
    let mut http = hyper::server::conn::http1::Builder::new();
    http.timer(Hyper::new(runtime.clone()))
        .header_read_timeout(PATIENCE);
    let connection = |stream| http.serve_connection(FuturesIo::new(stream), service_fn(answer));
    owner.block_on(async {
        // A client that is answered, twice on the same connection.
        let (accepted, io) = futures::join!(listener.accept(), connect(address));
        let served = runtime.spawn(connection(accepted.unwrap().0));
        let (mut client, carrier) = hyper::client::conn::http1::handshake(io).await.unwrap();
        runtime.spawn(carrier).detach();
        for path in ["/one", "/two"] {
            client.ready().await.unwrap();
            let response = client.send_request(request(address, path)).await.unwrap();
            assert_eq!(response.status(), StatusCode::OK);
            assert_eq!(
                response.into_body().collect().await.unwrap().to_bytes(),
                path
            );
        }
        drop(client);
        served.await.unwrap().unwrap();

        // A client that sends half of a header, and no more.
        let start = Instant::now();
        let client = Async::<TcpStream>::connect(address);
        let (accepted, client) = futures::join!(listener.accept(), client);
        let served = runtime.spawn(connection(accepted.unwrap().0));
        let mut client = client.unwrap();
        client.write_all(b"GET / HTTP/1.1\r\nhos").await.unwrap();
        let error = served.await.unwrap().unwrap_err();
        assert!(error.is_timeout(), "{error:?}");
        assert!(start.elapsed() >= PATIENCE);
        let mut rest = Vec::new();
        client.read_to_end(&mut rest).await.unwrap();

        // A client that is connected when the server shuts down, which happens at once.
        let (accepted, _client) = futures::join!(listener.accept(), connect(address));
        let mut served = Box::pin(connection(accepted.unwrap().0));
        assert!(served.as_mut().now_or_never().is_none());
        served.as_mut().graceful_shutdown();
        served.await.unwrap();
    });
}

/// HTTP/2 spawns its own tasks on the runtime.
fn serves_http_2(owner: impl ToHandle<Handle: Runtime> + BlockOn) {
    let runtime = owner.to_handle();
    let (listener, address) = listen();
    let executor = Hyper::new(runtime.clone());
    owner.block_on(async {
        let mut http = hyper::server::conn::http2::Builder::new(executor.clone());
        http.timer(executor.clone())
            .keep_alive_interval(Duration::from_secs(20));
        let (accepted, io) = futures::join!(listener.accept(), connect(address));
        let stream = FuturesIo::new(accepted.unwrap().0);
        let served = runtime.spawn(http.serve_connection(stream, service_fn(answer)));
        let handshake = hyper::client::conn::http2::handshake(executor.clone(), io);
        let (mut client, carrier) = handshake.await.unwrap();
        runtime.spawn(carrier).detach();
        client.ready().await.unwrap();
        let paths = ["/one", "/two", "/three"];
        for response in paths.map(|path| client.send_request(request(address, path))) {
            assert_eq!(response.await.unwrap().status(), StatusCode::OK);
        }
        drop(client);
        // The client may disconnect before the server has sent everything.
        let _ = served.await.unwrap();
    });
}

macro_rules! on {
    ($($name:ident: $runtime:expr;)*) => {$(
        mod $name {
            use super::*;

            #[test]
            fn http_1() {
                serves_http_1($runtime);
            }

            #[test]
            fn http_2() {
                serves_http_2($runtime);
            }
        }
    )*};
}

on! {
    tokio: TokioRuntime::multi_thread(2);
    tokio_current_thread: TokioRuntime::current_thread();
    smol: SmolExecutor::new(2);
    async_std: AsyncStd;
    futures_pool: FuturesPool::new(2);
    any: AnyRuntime::named("tokio").unwrap();
}

#[test]
fn a_sleep_is_moved_and_keeps_its_place() {
    let runtime = TokioRuntime::current_thread();
    let timer = Hyper::new(runtime.handle());
    runtime.block_on(async {
        let mut sleep = timer.sleep(Duration::from_secs(600));
        let place = std::ptr::from_ref(&*sleep).addr();
        let deadline = timer.now() + Duration::from_millis(20);
        timer.reset(&mut sleep, deadline);
        assert_eq!(
            std::ptr::from_ref(&*sleep).addr(),
            place,
            "nothing is allocated anew"
        );
        sleep.await;
        assert!(timer.now() >= deadline);
        // The sleep of another timer is replaced.
        let mut other = Hyper::new(SmolExecutor::new(1)).sleep(Duration::from_secs(600));
        timer.reset(&mut other, timer.now() + Duration::from_millis(5));
        other.await;
    });
}

#[test]
fn what_is_executed_runs_without_being_awaited() {
    let runtime = SmolExecutor::new(1);
    let ran = Arc::new(AtomicUsize::new(0));
    for _ in 0..10 {
        let ran = Arc::clone(&ran);
        Hyper::new(runtime.handle()).execute(async move { ran.fetch_add(1, Relaxed) });
    }
    runtime.block_on(async {
        while ran.load(Relaxed) < 10 {
            Timer::after(Duration::from_millis(1)).await;
        }
    });
}

/// A sleep of tokio can't be made here, but one that is there can be moved.
#[test]
fn an_interval_goes_on_where_no_sleep_can_be_made() {
    let runtime = TokioRuntime::current_thread();
    let mut ticks = runtime.block_on(async {
        let sleeper = FromHyper::new(Hyper::new(Tokio));
        let mut ticks = interval(&sleeper, Duration::from_millis(5));
        ticks.tick().await;
        ticks
    });
    drop(runtime);
    futures::executor::block_on(ticks.tick());
}

/// A sleeper from hyper's timer keeps the contract as far as the timer does.
#[test]
fn a_timer_of_hyper_is_a_sleeper() {
    let runtime = TokioRuntime::current_thread();
    let sleeper = FromHyper::new(Hyper::new(runtime.handle()));
    runtime.block_on(async {
        let deadline = sleeper.now() + Duration::from_millis(10);
        sleeper.sleep_until(deadline).await;
        assert!(sleeper.now() >= deadline);
        sleeper.sleep_until(deadline).await;
        let delays = dormouse::wait_n(&sleeper, 100, Duration::from_millis(20)).await;
        assert!(delays.is_sorted());
    });
}

/// hyper's trait has no word on how coarse its timer is: the ticks of one that is would drift.
#[test]
fn a_coarse_timer_of_hyper_is_said_to_be_one() {
    let (runtime, slack) = (Virtual::new(), Duration::from_millis(50));
    let coarse = Coalesced::with_slack(runtime.handle(), slack);
    // Only dense sleeps share a wake-up.
    for number in 0..200 {
        let sleep = coarse.sleep(Duration::from_millis(2) * number);
        runtime.spawn(sleep).detach();
    }
    let sleeper = FromHyper::new(Hyper::new(coarse)).with_timer_step(slack);
    let period = Duration::from_millis(20);
    let mut ticks = interval(&sleeper, period).missed_tick(MissedTick::Delay);
    let first = runtime.block_on(ticks.tick());
    for number in 1..=15 {
        assert_eq!(runtime.block_on(ticks.tick()), first + period * number);
    }
}
