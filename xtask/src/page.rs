//! What the pages that commands write have in common: one file that needs nothing but itself, and no script.

/// A whole page with this title. `styles` are added to those that all pages have; `body` is HTML.
pub fn whole(title: &str, styles: &str, body: &str) -> String {
    format!(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <title>{}</title>\n<style>\n{STYLES}{styles}</style>\n</head>\n<body>\n<main>\n{body}</main>\n</body>\n</html>\n",
        escape(title)
    )
}

/// Text as HTML, in which nothing is a tag, steers a terminal or turns the direction of what follows.
pub fn escape(text: &str) -> String {
    let text = pymem_abi::text::escape(text);
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;").replace('\'', "&#39;")
}

/// Colours, tables, verdicts.
const STYLES: &str = include_str!("page.css");

/// A page as a snapshot keeps it: the styles change for reasons of their own.
#[cfg(test)]
pub fn without_styles(page: &str) -> String {
    let (before, rest) = page.split_once("<style>\n").expect("every page has styles");
    let (_, after) = rest.split_once("</style>").expect("they end");
    format!("{before}<style>\n…\n</style>{after}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_others_wrote_is_text() {
        assert_eq!(escape("<b a=\"&'\">"), "&lt;b a=&quot;&amp;&#39;&quot;&gt;");
        assert_eq!(escape("\x1b[2J\u{202e}\n"), "\\x1b[2J\\u{202e}\\n");
    }

    #[test]
    fn a_page_needs_nothing_but_itself() {
        let page = whole("a <title>", "p { color: red; }\n", "<p>x</p>\n");
        assert!(page.contains("<title>a &lt;title&gt;</title>") && page.contains("p { color: red; }"), "{page}");
        assert!(!["src=", "href=", "@import", "url(", "<script"].iter().any(|word| page.contains(word)), "{page}");
    }
}
