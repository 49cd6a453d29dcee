//! Repeats one case and does nothing else, for the script `benches/instructions`, which counts the
//! instructions. Without arguments it prints the cases.

use dormouse_benches::cases::Case;

fn main() {
    let arguments: Vec<_> = std::env::args().skip(1).collect();
    let [work, on, path, count] = arguments.as_slice() else {
        for case in Case::ALL.iter().filter(|case| case.path == "direct") {
            println!("{} {}", case.work, case.on);
        }
        return;
    };
    let case = Case::ALL
        .iter()
        .find(|case| (case.work, case.on, case.path) == (work, on, path))
        .unwrap_or_else(|| panic!("no case {work} {on} {path}"));
    let count = count
        .parse()
        .unwrap_or_else(|_| panic!("{count} is no number"));
    (case.repeat)(count);
}
