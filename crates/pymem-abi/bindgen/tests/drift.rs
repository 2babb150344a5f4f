//! The checked-in bindings are those of the header as it stands.

#[test]
fn bindings_are_those_of_the_header() {
    let checked_in = std::fs::read_to_string(pymem_abi_bindgen::checked_in()).expect("src/bindings.rs is checked in");
    let generated = pymem_abi_bindgen::generate().expect("clang reads the header");
    assert!(
        checked_in == generated,
        "src/bindings.rs is not what include/pymem_abi.h gives; run `cargo xtask bindgen` and commit the result"
    );
}
