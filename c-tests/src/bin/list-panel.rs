//! `list-panel` prints, as JSON, the real allocators of the panel, what is known of each, and where it lies on this
//! machine.

use c_tests::panel::members;
use serde_json::{Value, json};

fn main() {
    let listed: Vec<Value> = members()
        .iter()
        .map(|member| {
            let arguments = member.path().map(|path| member.arguments(&path));
            json!({ "member": member, "arguments": arguments, "remedy": member.remedy() })
        })
        .collect();
    println!("{}", Value::from(listed));
}
