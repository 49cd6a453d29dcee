//! Every peer waits all its delays, and reports the end of each.

use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::time::{Duration, Instant};

use dormouse_peers::{Peer, Scripts};
use serde_json::Value;

static ENDED: AtomicUsize = AtomicUsize::new(0);

#[test]
fn a_peer_waits_all_its_delays() {
    for peer in Peer::ALL {
        let delays = (0..100).map(|number| Duration::from_micros(200 * (99 - number)));
        ENDED.store(0, Relaxed);
        let count = |_| _ = ENDED.fetch_add(1, Relaxed);
        let (mut delays, took) = peer.run(2, Box::new(delays), count, |waits| {
            let start = Instant::now();
            (waits(), start.elapsed())
        });
        assert!(took >= Duration::from_micros(200 * 99), "{}", peer.name());
        assert_eq!(ENDED.load(Relaxed), 100, "{}", peer.name());
        delays.sort_by(f64::total_cmp);
        let expected = (0..100).map(|number| Duration::from_micros(200 * number).as_secs_f64());
        assert!(delays.into_iter().eq(expected), "{}", peer.name());
    }
}

#[test]
fn a_script_prints_its_figures() {
    let folder = tempfile::tempdir().unwrap();
    let scripts = Scripts::unpack(folder.path()).unwrap();
    for missing in &scripts.missing {
        println!("{}: {}", missing.name, missing.reason);
    }
    assert_eq!(scripts.ready.len() + scripts.missing.len(), 4);
    for script in &scripts.ready {
        let mut command = script.command(200, Duration::from_millis(50), u64::MAX);
        let output = command.output().unwrap();
        let figures: Value = serde_json::from_slice(&output.stdout)
            .unwrap_or_else(|error| panic!("{}: {error}: {output:?}", script.name));
        assert_eq!(figures["n"], 200, "{}", script.name);
        let number = |name: &str| {
            figures[name]
                .as_f64()
                .unwrap_or_else(|| panic!("no {name}"))
        };
        // Node drops the fraction of a millisecond, so its waits may end early.
        assert!(
            number("total_s") > number("longest_s") - 0.001,
            "{}",
            script.name
        );
        assert!(
            number("longest_s") <= 0.05 && number("sum_s") > 1.0,
            "{figures}"
        );
        assert!(
            number("peak_rss_bytes") >= number("base_rss_bytes"),
            "{figures}"
        );
        let late = figures["lateness_ns"].as_array().unwrap().iter();
        let late: u64 = late.map(|pair| pair[1].as_u64().unwrap()).sum();
        assert_eq!(
            late + figures["early"].as_u64().unwrap(),
            200,
            "{}",
            script.name
        );
        assert!(script.version.contains('.'), "{script:?}");
    }
}
